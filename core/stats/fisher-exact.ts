import { logHypergeometricTail } from './hypergeometric.ts';
import type { Rate } from './rate-comparison.ts';

/**
 * Natural logarithm of the two-sided p-value of "both rates are the same": exact for any number of cases.
 *
 * Twice the smaller tail (at most 1) given the hits of both together, so that each direction is wrong with half of alpha at
 * most; scipy's `fisher_exact` sums what is less likely instead, and is its equal on each side alone.
 * Hits and cases need not be whole, as cases that count for less than one make them: then cases are rounded down and
 * hits towards the other rate, which only makes the p-value larger. Without cases on a side 0, that is p = 1.
 *
 * Unit: nats, 0 at most.
 * Source: Fisher (1934), Statistical Methods for Research Workers, 5th ed., section 21.02.
 * Checked by: test/reference/drift.json (scipy's hypergeom; whole numbers of Python).
 */
export function logFisherExact(a: Rate, b: Rate): number {
  const [n, m] = [Math.floor(a.n), Math.floor(b.n)];
  if (n === 0 || m === 0) return 0;
  const isAbove = a.hits * b.n > b.hits * a.n;
  const towards = (hits: number, cases: number, isDown: boolean) => {
    // what floating point adds to a whole number must not round it away
    const near = Math.round(hits);
    const whole = Math.abs(hits - near) < 1e-9 * Math.max(1, hits) ? near : isDown ? Math.floor(hits) : Math.ceil(hits);
    return Math.min(cases, whole);
  };
  const hits = towards((a.hits / a.n) * n, n, isAbove);
  const others = towards((b.hits / b.n) * m, m, !isAbove);
  const urn = { population: n + m, marked: hits + others, draws: n };
  return Math.min(0, Math.LN2 + logHypergeometricTail(hits, urn, isAbove ? 'above' : 'below'));
}
