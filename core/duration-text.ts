import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './clock.ts';

export const DURATION_UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
};

/**
 * Spells milliseconds with the largest unit that divides them.
 *
 * @example
 * durationText(5400000); // => '90m'
 */
export function durationText(ms: number): string {
  const units = Object.entries(DURATION_UNITS_MS);
  const [unit, unitMs] = units.findLast(([, size]) => ms % size === 0 && ms >= size) ?? ['ms', 1];
  return `${ms / unitMs}${unit}`;
}
