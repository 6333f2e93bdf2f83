import type { Interval } from './interval.ts';
import { normalQuantile } from './normal-quantile.ts';

/**
 * Where a share lies of which `hits` of `n` were seen; `hits` need not be whole.
 *
 * Stays between 0 and 1 and has a width also for 0 and n hits. Everything for n = 0.
 * Source: Wilson (1927), J. Amer. Statist. Assoc. 22, 209-212.
 * Checked by: test/reference/gate-metrics.json (statsmodels).
 */
export function proportionInterval(hits: number, n: number, confidence: number): Interval {
  return wilson(hits, n, normalQuantile((1 + confidence) / 2));
}

/** @param z half-width in standard errors */
export function wilson(hits: number, n: number, z: number): Interval {
  if (n === 0) return { low: 0, high: 1 };
  const p = hits / n;
  const middle = (p + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const reach = (z / (1 + z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  return { low: hits === 0 ? 0 : Math.max(0, middle - reach), high: hits === n ? 1 : Math.min(1, middle + reach) };
}
