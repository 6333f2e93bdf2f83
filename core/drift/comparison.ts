import type { DriftPolicy } from '../definitions/monitoring.ts';
import { BugError } from '../errors.ts';
import type { ColumnBins, ColumnCounts, SideCounts } from './column-counts.ts';

/** Both sides of a column that can be compared. */
export interface Comparison {
  readonly counts: ColumnCounts & { readonly reference: SideCounts };
  readonly live: CountedSide;
  readonly reference: CountedSide;
  /** Why the values cannot be compared, though their being missing can; null when they can. */
  readonly noValuesBecause: string | null;
}

/** Cases of one side, a repeated one counted for less than one: what tests go by. Sizes of differences go by the counts as they are. */
export interface CountedSide {
  /** Per bin. */
  readonly bins: readonly number[];
  readonly other: number;
  readonly missing: number;
  /** Those without a value included. */
  readonly rows: number;
  /** Cases that have a value. */
  readonly values: number;
  /** What one row counts for, at most 1. */
  readonly weight: number;
}

/** A smaller reference says nothing of what is usual. */
export const FEWEST_REFERENCE_ROWS = 30;

/** The two sides, or why they cannot be compared. */
export function comparisonOf(
  counts: ColumnCounts,
  { minRows }: Pick<DriftPolicy, 'minRows'>,
): Comparison | { readonly because: string } {
  const { reference: known, live: seen } = counts;
  if (seen.rows === 0) return { because: 'the window has no rows' };
  if (known === null)
    return { because: 'the reference has no counts of it; it is compared once the model is trained again' };
  for (const side of [known, seen]) assertBins(counts, side.counts.length);
  const [reference, live] = [countedSide(known), countedSide(seen)];
  if (live.rows < minRows)
    return { because: `${tooFew('the window', 'rows', seen.rows, live.rows)}; ${minRows} are needed` };
  if (reference.rows < FEWEST_REFERENCE_ROWS) {
    return {
      because: `${tooFew('the reference', 'rows', known.rows, reference.rows)}; ${FEWEST_REFERENCE_ROWS} are needed`,
    };
  }
  return {
    counts: { ...counts, reference: known },
    live,
    reference,
    noValuesBecause: noValues(live, reference, minRows),
  };
}

function noValues(live: CountedSide, reference: CountedSide, minRows: number): string | null {
  const sides = [
    ['the window', live, minRows],
    ['the reference', reference, FEWEST_REFERENCE_ROWS],
  ] as const;
  for (const [name, side, needed] of sides) {
    if (side.values >= needed) continue;
    const of = Math.round(side.values / side.weight);
    return of === 0 ? `${name} has no values` : `${tooFew(name, 'values', of, side.values)}; ${needed} are needed`;
  }
  return null;
}

function tooFew(name: string, what: string, seen: number, counted: number): string {
  const repeats =
    Math.floor(counted) < seen ? `, which count as ${Math.floor(counted)} because some repeat others` : '';
  return `${name} has ${seen} ${what}${repeats}`;
}

function countedSide({ rows, effectiveRows, counts, other, missing }: SideCounts): CountedSide {
  const weight = rows === 0 ? 0 : Math.min(1, effectiveRows / rows);
  return {
    bins: counts.map((count) => count * weight),
    other: other * weight,
    missing: missing * weight,
    rows: rows * weight,
    values: (rows - missing) * weight,
    weight,
  };
}

function assertBins({ column, bins }: ColumnCounts, counted: number): void {
  const expected = binsIn(bins);
  if (counted === expected) return;
  throw new BugError(`column ${column} has ${expected} bins, but counts of ${counted}`);
}

export function binsIn(bins: ColumnBins): number {
  return bins.kind === 'numeric' ? bins.edges.length + 1 : bins.categories.length;
}
