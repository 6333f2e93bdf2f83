import { gammaTail } from './incomplete-gamma.ts';
import { normalQuantile } from './normal-quantile.ts';

/**
 * Probability that a chi-square variable is above x.
 *
 * 0 to 1.
 * Checked by: test/reference/drift.json (scipy.stats.chi2.sf).
 *
 * @param degrees of freedom, above 0
 * @example
 * chiSquareTail(0, 9); // => 1
 */
export function chiSquareTail(x: number, degrees: number): number {
  return gammaTail(degrees / 2, x / 2);
}

/**
 * What a chi-square variable is above of with the given probability.
 *
 * Relative error about 1e-12, also for probabilities of 1e-300. 1 gives 0, 0 gives Infinity.
 * Source: Wilson & Hilferty (1931) for the first guess; then Newton's steps on the logarithm of the tail, halved where
 * they leave what is known to hold the answer.
 * Checked by: test/reference/drift.json (scipy.stats.chi2.isf).
 *
 * @param probability 0 to 1
 * @param degrees of freedom, above 0
 */
export function chiSquareQuantile(probability: number, degrees: number): number {
  if (probability >= 1) return 0;
  if (probability <= 0) return Number.POSITIVE_INFINITY;
  const ninth = 2 / (9 * degrees);
  const guess = 1 - ninth - normalQuantile(probability) * Math.sqrt(ninth);
  let at = Math.max(1e-8, degrees * Math.max(0.01, guess) ** 3);
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  for (let round = 0; round < 200; round++) {
    const tail = chiSquareTail(at, degrees);
    if (tail > probability) low = at;
    else high = at;
    const width = 1e-5 * at;
    const [before, after] = [chiSquareTail(at - width, degrees), chiSquareTail(at + width, degrees)];
    const slope = (Math.log(after) - Math.log(before)) / (2 * width);
    const next = at - (Math.log(tail) - Math.log(probability)) / slope;
    const isInside = next > low && next < high;
    const fallback = high === Number.POSITIVE_INFINITY ? 2 * at : (low + high) / 2;
    const step = (isInside ? next : fallback) - at;
    at += step;
    if (Math.abs(step) < 1e-14 * at) break;
  }
  return at;
}
