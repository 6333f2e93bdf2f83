import type { Segment } from '../definitions/model.ts';
import type { Value, ValueType } from '../definitions/value-type.ts';
import type { SegmentRows } from '../gates/segment-rows.ts';
import { MAX_SLICES, segmentRows } from '../training/segment-rows.ts';

/** An answer that has an outcome. */
export interface SampledAnswer {
  readonly isMatured: boolean;
  readonly score: number;
  readonly outcome: number;
  /** Served values of the spec's segments as text, in their order; null where there was none. */
  readonly segments: readonly (string | null)[];
}

/** What rarer values of a segment that has too many are called. */
const OTHERS = 'other values';

/**
 * Which slice of a segment each answer belongs to, named as in the gates. Of more than 1,000 different texts the most
 * frequent have slices of their own.
 */
export function answeredSegment(segment: Segment, type: ValueType, texts: readonly (string | null)[]): SegmentRows {
  const isNumber = type !== 'string' && type !== 'boolean' && type !== 'timestamp';
  const values = texts.map((text): Value => (text !== null && isNumber ? Number(text) : text));
  const counts = new Map<Value, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  if (segment.cuts !== null || counts.size <= MAX_SLICES) return segmentRows(segment, values);
  const frequent = [...counts].sort((a, b) => b[1] - a[1] || (String(a[0]) < String(b[0]) ? -1 : 1));
  const kept = new Set(frequent.slice(0, MAX_SLICES - 1).map(([value]) => value));
  return segmentRows(
    segment,
    values.map((value) => (value === null || kept.has(value) ? value : OTHERS)),
  );
}
