import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { durationText } from '../../core/duration-text.ts';

/** Intervals that a cron expression can say exactly: what they start comes as often as it was declared. */
const EVEN_MS = [
  ...[1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 4, 6, 8, 12].map((hours) => hours * HOUR_MS),
  DAY_MS,
];

/**
 * What is wrong with the interval of a schedule, or null.
 *
 * @param leastMs the shortest one that is allowed
 */
export function unevenProblem(everyMs: number, leastMs: number): string | null {
  if (EVEN_MS.includes(everyMs)) return null;
  const allowed = EVEN_MS.filter((ms) => ms >= leastMs).map(durationText);
  return `"${durationText(everyMs)}" does not go into a day evenly; write one of ${allowed.join(', ')}`;
}
