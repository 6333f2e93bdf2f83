/**
 * What p-value each of several tests is held against, so that any is wrongly significant with probability `alpha` at most,
 * however the tests depend on each other: test i is significant when its p-value is at most its own limit.
 *
 * The smallest p-value is held against alpha / tests, the next, when that was significant, against alpha / (tests - 1),
 * and so on; from the first that is not, all are held against its limit.
 * Source: Holm (1979), Scand. J. Statist. 6, 65-70.
 * Checked by: test/reference/drift.json (the adjusted p-values in numpy).
 *
 * @param pValues one per test, 0 to 1
 * @example
 * holmLimits([0.001, 0.04, 0.9], 0.06); // => [0.02, 0.03, 0.03]
 */
export function holmLimits(pValues: readonly number[], alpha: number): readonly number[] {
  const order = pValues.map((_, i) => i).sort((i, j) => pValues[i]! - pValues[j]! || i - j);
  const limits = new Array<number>(pValues.length);
  let isOpen = true;
  let limit = 0;
  order.forEach((test, rank) => {
    if (isOpen) limit = alpha / (pValues.length - rank);
    limits[test] = limit;
    isOpen &&= pValues[test]! <= limit;
  });
  return limits;
}
