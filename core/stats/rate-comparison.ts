import type { Interval } from './interval.ts';
import { normalQuantile } from './normal-quantile.ts';
import { wilson } from './proportion-interval.ts';

/** `hits` of `n` independent cases. */
export interface Rate {
  readonly hits: number;
  readonly n: number;
}

/**
 * Where the first rate less the second lies.
 *
 * Source: Newcombe (1998), Statist. Med. 17, 873-890, method 10 (two Wilson intervals, squared and added).
 * Checked by: test/reference/gate-metrics.json (statsmodels).
 */
export function rateDifference(a: Rate, b: Rate, confidence: number): Interval {
  const z = normalQuantile((1 + confidence) / 2);
  const [ofA, ofB] = [wilson(a.hits, a.n, z), wilson(b.hits, b.n, z)];
  const [pA, pB] = [a.hits / a.n, b.hits / b.n];
  return {
    low: pA - pB - Math.hypot(pA - ofA.low, ofB.high - pB),
    high: pA - pB + Math.hypot(ofA.high - pA, pB - ofB.low),
  };
}

/**
 * Where the first rate over the second lies, from 0 to infinity; also when all or none of the cases are hits.
 *
 * Source: Donner & Zou (2012), Statist. Methods Med. Res. 21, 347-359 (ratio from two intervals, MOVER-R), on Wilson's.
 * Checked by: test/reference/interval-coverage.test.ts.
 */
export function rateRatio(a: Rate, b: Rate, confidence: number): Interval {
  const z = normalQuantile((1 + confidence) / 2);
  const [ofA, ofB] = [wilson(a.hits, a.n, z), wilson(b.hits, b.n, z)];
  const [pA, pB] = [a.hits / a.n, b.hits / b.n];
  const below = ofA.low * (2 * pA - ofA.low);
  const above = ofB.low * (2 * pB - ofB.low);
  const product = pA * pB;
  const root = (x: number) => Math.sqrt(Math.max(0, product ** 2 - x));
  const floor = product + root(below * ofB.high * (2 * pB - ofB.high));
  return {
    low: floor === 0 ? 0 : below / floor,
    high: above === 0 ? Number.POSITIVE_INFINITY : (product + root(ofA.high * (2 * pA - ofA.high) * above)) / above,
  };
}
