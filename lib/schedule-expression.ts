import { MINUTE_MS } from '../core/clock.ts';

const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/**
 * The sparsest EventBridge Scheduler expression, in UTC, that fires at every tick of an interval counted from the
 * Unix epoch. It fires oftener than the ticks come where cron cannot say the interval: every minute for 7 minutes,
 * daily for a week; and once a minute for intervals below one.
 *
 * @param everyMs interval of the ticks, above 0
 * @example
 * scheduleExpression(21600000); // => 'cron(0 0/6 * * ? *)'
 */
export function scheduleExpression(everyMs: number): string {
  if (!Number.isSafeInteger(everyMs) || everyMs <= 0) {
    throw new Error(`the interval of a schedule is a whole number of milliseconds above 0, got ${everyMs}`);
  }
  const everyMinutes = everyMs % MINUTE_MS === 0 ? everyMs / MINUTE_MS : 1;
  const withinDay = greatestCommonDivisor(everyMinutes, DAY_MINUTES);
  if (withinDay === DAY_MINUTES) return 'cron(0 0 * * ? *)';
  if (withinDay % HOUR_MINUTES === 0) return `cron(0 0/${withinDay / HOUR_MINUTES} * * ? *)`;
  return `cron(0/${greatestCommonDivisor(withinDay, HOUR_MINUTES)} * * * ? *)`;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
