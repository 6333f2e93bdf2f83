import { featureColumn } from '../definitions/feature-column.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import type { Segment } from '../definitions/model.ts';
import type { Value } from '../definitions/value-type.ts';
import { InvalidInputError } from '../errors.ts';
import type { SegmentRows } from '../gates/segment-rows.ts';

/** More would be names of rows rather than slices. */
export const MAX_SLICES = 1_000;

/** Column of a segment that is no input in the joined rows; names of definitions never begin like this. */
export function segmentColumn(ref: FeatureRef): string {
  return `hg_segment_${featureColumn(ref)}`;
}

/**
 * Which slice each value belongs to. Only slices that have rows are named: those of numbers in their order, others by
 * code unit, and rows without a value last. NaN is no value.
 *
 * @param maxSlices more of them are refused
 * @throws InvalidInputError when there are more
 */
export function segmentRows(segment: Segment, values: readonly Value[], maxSlices: number = MAX_SLICES): SegmentRows {
  const ref = `${segment.view}:${segment.feature}`;
  const { cuts } = segment;
  const keys = values.map((value) => {
    if (value === null || Number.isNaN(value)) return null;
    return cuts === null ? String(value) : cuts.filter((cut) => cut <= Number(value)).length;
  });
  const known = [...new Set(keys.filter((key) => key !== null))].sort((a, b) => (a < b ? -1 : 1));
  if (known.length > maxSlices) {
    throw new InvalidInputError(
      `segment ${ref} has ${known.length} different values in the test rows; at most ${maxSlices} are allowed: group them in a feature`,
      { segment: ref, slices: known.length, maxSlices },
    );
  }
  const names = known.map((key) => (typeof key === 'number' ? rangeText(cuts ?? [], key) : key));
  const places = new Map(known.map((key, i) => [key, i]));
  const isAnyMissing = keys.includes(null);
  return {
    segment: ref,
    slices: isAnyMissing ? [...names, null] : names,
    rows: keys.map((key) => (key === null ? names.length : places.get(key)!)),
  };
}

/** Name of the slice with so many cuts at or below its values: `below 25`, `[25, 60)`, `60 and above`. */
export function rangeText(cuts: readonly number[], slice: number): string {
  if (slice === 0) return `below ${cuts[0]}`;
  return slice === cuts.length ? `${cuts[slice - 1]} and above` : `[${cuts[slice - 1]}, ${cuts[slice]})`;
}
