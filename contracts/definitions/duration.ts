import * as z from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { DURATION_UNITS_MS, durationText } from '../../core/duration-text.ts';
import { MAX_TICKS_IN_SPAN } from '../../core/offline/ticks.ts';
import { quoteValue } from './read-input.ts';

export { durationText } from '../../core/duration-text.ts';

/** A length of time: a whole number and a unit (ms, s, m, h or d), for example `30d`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** Milliseconds, or null for text that is no duration. */
export function durationMs(text: string): number | null {
  const [, count, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = DURATION_UNITS_MS[unit ?? ''];
  return count === undefined || unitMs === undefined ? null : Number(count) * unitMs;
}

/**
 * What is wrong with a span that is computed at ticks, or null.
 *
 * @param what names the span, for example `a window`
 * @param step names the interval of its ticks, for example `a schedule`
 */
export function tickProblem(what: string, spanMs: number, step: string, stepMs: number): string | null {
  if (spanMs / stepMs <= MAX_TICKS_IN_SPAN) return null;
  const count = (n: number) => n.toLocaleString('en-US');
  const longest = durationText(Math.floor((MAX_TICKS_IN_SPAN * stepMs) / HOUR_MS) * HOUR_MS);
  const closest = durationText(Math.ceil(spanMs / MAX_TICKS_IN_SPAN / MINUTE_MS) * MINUTE_MS);
  return `${what} of ${durationText(spanMs)} has ${count(Math.ceil(spanMs / stepMs))} ticks of ${durationText(stepMs)}; at most ${count(MAX_TICKS_IN_SPAN)} are allowed: use ${what} of at most ${longest} or ${step} of at least ${closest}`;
}

/** Schema of a duration within limits, both included; its output is milliseconds. */
export function durationBetween(minMs: number, maxMs: number) {
  const limits = `${durationText(minMs)} to ${durationText(maxMs)}`;
  return z.custom<Duration>().transform((given: unknown, context) => {
    const ms = typeof given === 'string' ? durationMs(given) : null;
    if (ms !== null && ms >= minMs && ms <= maxMs) return ms;
    const why =
      ms === null ? 'is not a duration; write a whole number and ms, s, m, h or d,' : 'is out of range; write one';
    context.addIssue({
      code: 'custom',
      message: `${quoteValue(given)} ${why} from ${limits}, for example "${example(minMs, maxMs)}"`,
    });
    return z.NEVER;
  });
}

function example(minMs: number, maxMs: number): string {
  const typical = [30 * DAY_MS, HOUR_MS, MINUTE_MS].find((ms) => ms >= minMs && ms <= maxMs) ?? minMs;
  return durationText(typical);
}
