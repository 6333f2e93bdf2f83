import { sliceName } from '../gates/segment-rows.ts';
import { type ColumnProfile, driftBins, type ReferenceProfile } from '../training/reference-profile.ts';
import { MAX_SLICE_CATEGORIES } from '../training/slice-profiles.ts';
import type { ColumnBins, ColumnCounts, SideCounts } from './column-counts.ts';

/** What the reference knows of a column: all of `ColumnCounts` that is not counted in the window. */
export type ReferenceColumn = Pick<ColumnCounts, 'column' | 'role' | 'segment' | 'bins'> & {
  readonly reference: SideCounts;
};

/**
 * The inputs of a training set, of all its rows and then of the slices that its profile has counted. What the
 * profile of an older platform lacks is left out: slices, and repeated rows (each counts as one observation).
 */
export function referenceColumns(profile: ReferenceProfile): readonly ReferenceColumn[] {
  const all = { rows: profile.rows, effectiveRows: profile.effectiveRows ?? profile.rows };
  const whole = profile.inputs.map((input) => ({
    ...columnOf(input, null),
    bins: binsOf(input),
    reference: { ...all, ...wholeCounts(input, profile.rows) },
  }));
  const sliced = (profile.slices ?? []).flatMap(({ segment, slice, rows, effectiveRows, inputs }) =>
    profile.inputs.map((input, i) => ({
      ...columnOf(input, sliceName(segment, slice)),
      bins: sliceBins(input),
      reference: { rows, effectiveRows, ...inputs[i]! },
    })),
  );
  return [...whole, ...sliced];
}

function columnOf({ name }: ColumnProfile, segment: string | null): Pick<ColumnCounts, 'column' | 'role' | 'segment'> {
  return { column: name, role: 'input', segment };
}

/** Without a value in the training rows there is nothing to cut at: one bin. */
function binsOf({ numeric, categorical }: ColumnProfile): ColumnBins {
  if (categorical !== null) {
    const categories = categorical.counts.map(({ value }) => value);
    return { kind: 'categorical', categories, isComplete: categorical.otherCount === 0 };
  }
  return { kind: 'numeric', edges: numeric === null ? [] : driftBins(numeric).edges };
}

function sliceBins(input: ColumnProfile): ColumnBins {
  const bins = binsOf(input);
  if (bins.kind === 'numeric' || bins.categories.length <= MAX_SLICE_CATEGORIES) return bins;
  return { ...bins, categories: bins.categories.slice(0, MAX_SLICE_CATEGORIES), isComplete: false };
}

function wholeCounts(
  { n, numeric, categorical }: ColumnProfile,
  rows: number,
): Pick<SideCounts, 'counts' | 'other' | 'missing'> {
  const missing = rows - n;
  if (categorical !== null) {
    return { counts: categorical.counts.map(({ count }) => count), other: categorical.otherCount, missing };
  }
  return { counts: numeric === null ? [0] : driftBins(numeric).counts, other: 0, missing };
}
