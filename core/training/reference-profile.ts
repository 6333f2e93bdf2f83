import type { Value, ValueType } from '../definitions/value-type.ts';
import { type DriftBins, driftEdges, nextUp } from './drift-bins.ts';

/** Distribution of the training rows, per input and for the label: what drift is measured against. */
export interface ReferenceProfile {
  readonly schema: 'headgate.profile/v1';
  readonly rows: number;
  /** In the order of the model's inputs. */
  readonly inputs: readonly ColumnProfile[];
  readonly label: ColumnProfile;
  /** As how many independent rows they count (Kish): all rows of one entity are one unit. Absent in profiles of older platforms. */
  readonly effectiveRows?: number;
  /** The largest slices of each segment that the model declares. Absent in profiles of older platforms. */
  readonly slices?: readonly SliceProfile[];
}

/** The training rows of one slice, counted in the bins of all rows. */
export interface SliceProfile {
  /** `view:feature` that is cut into slices. */
  readonly segment: string;
  /** `Female` or `[25, 40)`; null for rows without a value. */
  readonly slice: string | null;
  readonly rows: number;
  readonly effectiveRows: number;
  /** In the order of the inputs. */
  readonly inputs: readonly SliceCounts[];
}

export interface SliceCounts {
  /** Per bin of `driftBins`, or per category, of which the first 100 are counted. */
  readonly counts: readonly number[];
  /** Values of other categories; 0 for numbers. */
  readonly other: number;
  readonly missing: number;
}

export interface ColumnProfile {
  /** `view:feature`, or `label`. */
  readonly name: string;
  readonly type: ValueType;
  /** Values that are not missing. */
  readonly n: number;
  /** 0 to 1; 0 when there are no rows. */
  readonly missingShare: number;
  /** Null for texts and booleans, and when every value is missing. */
  readonly numeric: NumericProfile | null;
  /** Null for numbers and instants. */
  readonly categorical: CategoricalProfile | null;
}

export interface NumericProfile {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the sample, with n - 1; 0 for a single value. */
  readonly standardDeviation: number;
  /**
   * The inner deciles, equal ones once. Bin i holds edges[i - 1] <= x < edges[i], so there is one bin more than there
   * are edges; the first has no lower and the last no upper bound.
   */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  /**
   * Bins to look for drift in, where values that many rows share are apart from their neighbours. Absent when they are the
   * same, and in profiles of older platforms.
   */
  readonly drift?: DriftBins;
}

export interface CategoricalProfile {
  /** Most frequent first, equally frequent ones by code unit; at most 1,000. */
  readonly counts: readonly { readonly value: string; readonly count: number }[];
  /** Values beyond those. */
  readonly otherCount: number;
}

const MAX_LISTED = 1_000;

export function profileColumn(name: string, type: ValueType, values: readonly Value[]): ColumnProfile {
  const known = values.filter((value) => value !== null);
  const isCategorical = type === 'string' || type === 'boolean';
  const hasNumbers = !isCategorical && known.length > 0;
  return {
    name,
    type,
    n: known.length,
    missingShare: values.length === 0 ? 0 : (values.length - known.length) / values.length,
    numeric: hasNumbers ? profileNumbers(known.map(Number)) : null,
    categorical: isCategorical ? profileCategories(known.map(String)) : null,
  };
}

/**
 * Cost: one sort. Quantiles are linear between the two nearest values (Hyndman and Fan's type 7, NumPy's default).
 * Checked by: test/reference/reference-profile.test.ts.
 *
 * @param values at least one, all of them finite
 */
export function profileNumbers(values: readonly number[]): NumericProfile {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const mean = sum(sorted) / n;
  const squares = sum(sorted.map((value) => (value - mean) ** 2));
  const deciles = Array.from({ length: 9 }, (_, i) => quantile(sorted, (i + 1) / 10));
  const edges = [...new Set(deciles)];
  const finer = driftEdges(sorted, edges);
  return {
    min: sorted[0]!,
    max: sorted[n - 1]!,
    mean,
    standardDeviation: n === 1 ? 0 : Math.sqrt(squares / (n - 1)),
    edges,
    counts: countsIn(edges, sorted),
    ...(finer.length === edges.length ? {} : { drift: { edges: finer, counts: countsIn(finer, sorted) } }),
  };
}

/** The bins to look for drift in. */
export function driftBins({ min, max, edges, counts, drift }: NumericProfile): DriftBins {
  if (drift !== undefined) return drift;
  const rows = counts.reduce((sum, count) => sum + count, 0);
  // A constant of an older platform: what is above it can be told apart all the same.
  return min === max ? { edges: [min, nextUp(min)], counts: [0, rows, 0] } : { edges, counts };
}

export function countsIn(edges: readonly number[], values: Iterable<number>): readonly number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of values) counts[binOf(edges, value)]! += 1;
  return counts;
}

/** The bin of a value among left-closed bins: how many edges lie at or below it. */
export function binOf(edges: readonly number[], value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function quantile(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const [a, b] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return a + (b - a) * (position - below);
}

function profileCategories(values: readonly string[]): CategoricalProfile {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const ordered = [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  const listed = ordered.slice(0, MAX_LISTED);
  return { counts: listed, otherCount: ordered.slice(MAX_LISTED).reduce((total, { count }) => total + count, 0) };
}

/** Neumaier's sum: the error does not grow with n. */
function sum(values: Float64Array): number {
  let [total, lost] = [0, 0];
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}
