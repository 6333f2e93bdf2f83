import type { LabelledMatrix } from './matrix.ts';

/** Rows as small whole numbers: which quantile bin of its column each value falls in. */
export interface BinnedMatrix {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Row after row. Bin `b` of a column holds values from `cuts[b - 1]` (included) to `cuts[b]` (not included). */
  readonly bins: Uint8Array | Uint16Array;
  /** Upper ends of each column's bins, ascending; a missing value has the bin after the last one. */
  readonly cuts: readonly Float32Array[];
  /** A number below every value of the column. */
  readonly floors: Float32Array;
  /** First histogram slot of each column, and the number of slots as the last entry; a column has a slot per bin and one for missing. */
  readonly slots: Int32Array;
}

/**
 * Cuts each column at its quantiles, or at every distinct value when there are no more of them than `maxBin`, as
 * XGBoost's `hist` method does, so that a split on a column with few values is the same split.
 *
 * Cost: O(columns · rows · log rows) time; one byte per value (two when `maxBin` is above 256) beyond the input.
 */
export function binMatrix(matrix: LabelledMatrix, maxBin: number): BinnedMatrix {
  const { rowCount, columnCount, values } = matrix;
  const bins = maxBin <= 256 ? new Uint8Array(values.length) : new Uint16Array(values.length);
  const cuts: Float32Array[] = [];
  const floors = new Float32Array(columnCount);
  const slots = new Int32Array(columnCount + 1);
  const present = new Float32Array(rowCount);
  for (let column = 0; column < columnCount; column++) {
    let count = 0;
    for (let at = column; at < values.length; at += columnCount) {
      const value = values[at]!;
      if (!Number.isNaN(value)) present[count++] = value;
    }
    const sorted = present.subarray(0, count).sort();
    // the missing bin must fit in a byte too
    const columnCuts = cutsOf(sorted, count < rowCount ? Math.min(maxBin, maxBin <= 256 ? 255 : 65_535) : maxBin);
    const lowest = sorted[0] ?? 0;
    floors[column] = lowest - (Math.abs(lowest) + 1e-5);
    cuts.push(columnCuts);
    slots[column + 1] = slots[column]! + columnCuts.length + 1;
    for (let at = column; at < values.length; at += columnCount) bins[at] = binOf(columnCuts, values[at]!);
  }
  return { rowCount, columnCount, bins, cuts, floors, slots };
}

function cutsOf(sorted: Float32Array, maxBin: number): Float32Array {
  const last = sorted.at(-1);
  if (last === undefined) return new Float32Array(0);
  const values = runsOf(sorted);
  const inner = values.starts.length <= maxBin ? values.starts.slice(1) : evenCuts(values, maxBin);
  return Float32Array.from([...inner.map((start) => sorted[start]!), last + (Math.abs(last) + 1e-5)]);
}

/** Where each distinct value of a sorted column begins; `end` is where the last one ends. */
interface Runs {
  readonly starts: readonly number[];
  readonly end: number;
}

function runsOf(sorted: Float32Array): Runs {
  const starts: number[] = [];
  for (let i = 0; i < sorted.length; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) starts.push(i);
  return { starts, end: sorted.length };
}

/**
 * Starts of the bins after the first. A value with more rows than an even share has a bin of its own, and the others
 * share the rest evenly; otherwise one frequent value (0 in amounts, say) would use up the bins of all the others.
 */
function evenCuts({ starts, end }: Runs, maxBin: number): number[] {
  const sizeOf = (run: number) => (starts[run + 1] ?? end) - starts[run]!;
  const isBig = starts.map((_, run) => sizeOf(run) >= end / maxBin);
  const bigRuns = isBig.filter(Boolean).length;
  const bigRows = starts.reduce((sum, _, run) => sum + (isBig[run] ? sizeOf(run) : 0), 0);
  const share = (end - bigRows) / Math.max(1, maxBin - bigRuns);
  const cuts: number[] = [];
  let rows = 0;
  for (let run = 0; run + 1 < starts.length && cuts.length < maxBin - 1; run++) {
    rows += sizeOf(run);
    if (!isBig[run] && rows < share && !(isBig[run + 1] && rows >= share / 2)) continue;
    cuts.push(starts[run + 1]!);
    rows = 0;
  }
  return cuts;
}

/** First bin whose upper end is above the value. */
function binOf(cuts: Float32Array, value: number): number {
  if (Number.isNaN(value)) return cuts.length;
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < cuts[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
