import { InvalidInputError } from '../errors.ts';

/**
 * Largest vertical gap between two empirical distribution functions: the two-sided, two-sample Kolmogorov-Smirnov
 * statistic.
 *
 * Unit: none, 0 (same shape) to 1 (no overlap).
 * Ties: both curves step past every equal value before the gap is read, so the order of equal values cannot change the
 * answer. Cost: O(n log n + m log m) time, O(n + m) memory. Inputs are left as they are.
 * Source: Smirnov (1939), Bull. Math. Univ. Moscou 2(2), 3-14.
 * Checked by: test/reference/drift.json (scipy.stats.ks_2samp).
 *
 * @param baseline any order, at least one, all of them numbers
 * @param current any order, at least one, all of them numbers
 * @throws InvalidInputError when a side is empty or has NaN: what a missing value means is the caller's decision
 * @example
 * ksTwoSample([1, 2, 2, 3], [2, 3, 4, 5, 6]); // => 0.6
 */
export function ksTwoSample(baseline: ArrayLike<number>, current: ArrayLike<number>): number {
  const [x, y] = [ascending('baseline', baseline), ascending('current', current)];
  let [i, j, widest] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    const step = Math.min(x[i]!, y[j]!);
    while (i < x.length && x[i] === step) i++;
    while (j < y.length && y[j] === step) j++;
    widest = Math.max(widest, Math.abs(i / x.length - j / y.length));
  }
  return widest; // once one curve has reached 1 the gap can only shrink
}

/**
 * Largest gap at the cuts between bins: a lower bound of `ksTwoSample` over the values themselves. Null when a side has
 * no case.
 *
 * @param a cases per bin
 * @param b cases per bin, as many bins
 */
export function ksAtCuts(a: readonly number[], b: readonly number[]): number | null {
  const [n, m] = [a, b].map((counts) => counts.reduce((sum, count) => sum + count, 0));
  if (n === 0 || m === 0) return null;
  let [ofA, ofB, widest] = [0, 0, 0];
  a.forEach((count, i) => {
    ofA += count;
    ofB += b[i]!;
    widest = Math.max(widest, Math.abs(ofA / n! - ofB / m!));
  });
  return widest;
}

function ascending(side: string, values: ArrayLike<number>): Float64Array {
  const sorted = Float64Array.from(values).sort();
  // NaN sorts last
  if (sorted.length > 0 && !Number.isNaN(sorted.at(-1))) return sorted;
  const given = sorted.length === 0 ? 'empty' : 'not all numbers (it has NaN)';
  throw new InvalidInputError(`ksTwoSample: ${side} is ${given}; give at least one value and only numbers`);
}
