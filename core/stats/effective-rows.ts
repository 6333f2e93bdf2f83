/**
 * As how many independent rows they count when all rows of a unit are one observation repeated.
 *
 * From 1 to the number of rows, which it is when each unit has one; 0 without rows. Rows of a unit that are not quite the
 * same count for more, so this is on the careful side.
 * Formula: (sum of w)² / (sum of w²), over units of w rows.
 * Source: Kish (1965), Survey Sampling, section 11.7.
 *
 * @param weights rows of each unit
 * @example
 * effectiveRows([1, 1, 1, 1]); // => 4
 */
export function effectiveRows(weights: Iterable<number>): number {
  let [sum, squares] = [0, 0];
  for (const weight of weights) {
    sum += weight;
    squares += weight * weight;
  }
  return squares === 0 ? 0 : sum ** 2 / squares;
}
