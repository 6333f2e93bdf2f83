/**
 * Middle value; of an even number of values the mean of the two in the middle. 0 without values.
 *
 * @example
 * median([3, 1, 10, 2]); // => 2.5
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? 0) + high) / 2 : high;
}

/** Of a normal distribution: one over the normal quantile of 3/4. */
const SD_PER_MAD = 1.4826;

/** Standard deviation as the median of absolute errors tells it, were they normal; what a few large ones cannot move. */
export function robustSd(errors: readonly number[]): number {
  return SD_PER_MAD * median(errors.map(Math.abs));
}
