/** Where values are counted to be compared with later ones: left-closed bins, one more than there are edges. */
export interface DriftBins {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
}

/** A value that so large a share of the rows has gets a bin of its own. */
const OWN_BIN_FROM = 0.1;

/**
 * Edges between which drift is looked for: the deciles, and just above each value that a tenth of the rows or more has. The deciles
 * alone are blind there: of a column that is mostly 0 they have one edge, 0 itself, so that all of it is one bin, and a
 * constant has no other value to be told from.
 *
 * @param sorted ascending, at least one
 * @param deciles inner ones of them, equal ones once
 */
export function driftEdges(sorted: Float64Array, deciles: readonly number[]): readonly number[] {
  const edges = new Set(deciles);
  for (const value of deciles) {
    const rows = firstAbove(sorted, value) - firstNotBelow(sorted, value);
    if (rows >= OWN_BIN_FROM * sorted.length) edges.add(nextUp(value));
  }
  return [...edges].sort((a, b) => a - b);
}

/**
 * The next larger number in double precision: x < nextUp(v) is x <= v.
 *
 * @param value finite
 */
export function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

function firstNotBelow(sorted: Float64Array, value: number): number {
  return firstWhere(sorted, (one) => one >= value);
}

function firstAbove(sorted: Float64Array, value: number): number {
  return firstWhere(sorted, (one) => one > value);
}

function firstWhere(sorted: Float64Array, isPast: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isPast(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
