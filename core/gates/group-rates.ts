import type { Scored } from '../metrics/scored.ts';
import type { Rate } from '../stats/rate-comparison.ts';
import type { SegmentRows } from './segment-rows.ts';

/** Share of positive decisions among all rows, those with a positive label, those with a negative one. */
export type RateKind = 'selection rate' | 'true positive rate' | 'false positive rate';

/** The rows of one value of an attribute. */
export interface Group {
  readonly name: string;
  readonly rows: number;
  /** In the order of the kinds asked for. */
  readonly rates: readonly Rate[];
}

/** Groups that have rows, in the order of the segment's slices. */
export function groupRates(
  { labels, scores, threshold }: Scored,
  { slices, rows }: SegmentRows,
  kinds: readonly RateKind[],
): readonly Group[] {
  const sizes = new Array<number>(slices.length).fill(0);
  const counts = slices.map(() => kinds.map(() => ({ hits: 0, n: 0 })));
  rows.forEach((slice, row) => {
    sizes[slice]! += 1;
    const isDecided = threshold !== null && scores[row]! >= threshold;
    kinds.forEach((kind, k) => {
      if (kind === 'true positive rate' && labels[row] !== 1) return;
      if (kind === 'false positive rate' && labels[row] === 1) return;
      const count = counts[slice]![k]!;
      count.n++;
      if (isDecided) count.hits++;
    });
  });
  return slices.flatMap((name, slice) =>
    sizes[slice] === 0 ? [] : [{ name: name ?? 'without a value', rows: sizes[slice]!, rates: counts[slice]! }],
  );
}
