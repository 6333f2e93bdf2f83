import { stirlingError } from './log-gamma.ts';

const LOG_TWO_PI = 1.8378770664093456;

/**
 * Natural logarithm of the probability of k successes in n trials. Neither large nor unlikely counts lose digits: no
 * large terms are subtracted from each other.
 *
 * Unit: nats; -Infinity for what cannot be.
 * Source: Loader (2000), Fast and Accurate Computation of Binomial Probabilities (saddle-point expansion; the deviance
 * and Stirling's error are computed apart).
 * Checked by: test/reference/drift.json (scipy, and whole numbers of Python).
 *
 * @param k 0 to n
 * @param p probability of success, 0 to 1
 */
export function logBinomial(k: number, n: number, p: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  if (p === 0) return k === 0 ? 0 : Number.NEGATIVE_INFINITY;
  if (p === 1) return k === n ? 0 : Number.NEGATIVE_INFINITY;
  if (k === 0) return n * Math.log1p(-p);
  if (k === n) return n * Math.log(p);
  const errors = stirlingError(n) - stirlingError(k) - stirlingError(n - k);
  const deviance = deviancePart(k, n * p) + deviancePart(n - k, n * (1 - p));
  return errors - deviance - 0.5 * (LOG_TWO_PI + Math.log(k) + Math.log1p(-k / n));
}

/** x log(x / mean) + mean - x, also where x and the mean are close. */
function deviancePart(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const v = (x - mean) / (x + mean);
  let sum = (x - mean) * v;
  let power = 2 * x * v;
  for (let j = 3; ; j += 2) {
    power *= v * v;
    const next = sum + power / j;
    if (next === sum) return sum;
    sum = next;
  }
}
