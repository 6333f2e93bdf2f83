import type { Value } from '../definitions/value-type.ts';
import type { SegmentRows } from '../gates/segment-rows.ts';
import { effectiveRows } from '../stats/effective-rows.ts';
import { type ColumnProfile, countsIn, driftBins, type SliceCounts, type SliceProfile } from './reference-profile.ts';

/** Categories that are counted in a slice. */
export const MAX_SLICE_CATEGORIES = 100;
/** The smallest slices have too few rows to be compared with anything. */
const MAX_PROFILED_SLICES = 20;

/**
 * Counts of the largest slices of each segment, at most 20, in the bins of all rows.
 *
 * @param inputs profiles of all rows
 * @param values of each input, one per row
 * @param segments slices of the same rows
 * @param units what each row repeats, one per row: rows of one unit are one observation
 */
export function sliceProfiles(
  inputs: readonly ColumnProfile[],
  values: readonly (readonly Value[])[],
  segments: readonly SegmentRows[],
  units: readonly string[],
): readonly SliceProfile[] {
  return segments.flatMap(({ segment, slices, rows }) => {
    const rowsOf: number[][] = slices.map(() => []);
    rows.forEach((slice, row) => {
      rowsOf[slice]!.push(row);
    });
    const largest = slices
      .map((slice, i) => ({ slice, of: rowsOf[i]! }))
      .filter(({ of }) => of.length > 0)
      .sort((a, b) => b.of.length - a.of.length)
      .slice(0, MAX_PROFILED_SLICES);
    return largest.map(({ slice, of }) => ({
      segment,
      slice,
      rows: of.length,
      effectiveRows: effectiveRows(repeatsOf(of.map((row) => units[row]!))),
      inputs: inputs.map((input, i) => sliceCounts(input, pick(values[i]!, of))),
    }));
  });
}

/** Rows of each unit. */
export function repeatsOf(units: Iterable<string>): Iterable<number> {
  const repeats = new Map<string, number>();
  for (const unit of units) repeats.set(unit, (repeats.get(unit) ?? 0) + 1);
  return repeats.values();
}

function sliceCounts({ numeric, categorical }: ColumnProfile, values: readonly Value[]): SliceCounts {
  const known = values.filter((value) => value !== null);
  const missing = values.length - known.length;
  if (categorical === null) {
    return {
      counts: numeric === null ? [0] : countsIn(driftBins(numeric).edges, known.map(Number)),
      other: 0,
      missing,
    };
  }
  const places = new Map(categorical.counts.slice(0, MAX_SLICE_CATEGORIES).map(({ value }, place) => [value, place]));
  const counts = new Array<number>(places.size).fill(0);
  let other = 0;
  for (const value of known) {
    const place = places.get(String(value));
    if (place === undefined) other++;
    else counts[place]! += 1;
  }
  return { counts, other, missing };
}

function pick(values: readonly Value[], rows: readonly number[]): readonly Value[] {
  return rows.map((row) => values[row]!);
}
