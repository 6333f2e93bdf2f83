import type { Value } from '../definitions/value-type.ts';
import { BugError } from '../errors.ts';
import { compare } from '../expression/primitives.ts';
import { addedUp, summandOf } from '../point-in-time/aggregate-values.ts';
import { compareTimes, type RowTimes } from '../point-in-time/offline-row.ts';
import type { StreamFeature, StreamSlot } from './stream-layout.ts';

/** What a tile holds for one slot. Parts are added up in any order with one result. */
export type TilePart =
  | { readonly kind: 'counted'; readonly count: number }
  | { readonly kind: 'added'; readonly count: number; readonly total: bigint }
  | { readonly kind: 'least' | 'greatest'; readonly value: KnownValue }
  | { readonly kind: 'newest'; readonly value: KnownValue; readonly times: RowTimes };

export type KnownValue = Exclude<Value, null>;

/** What one row brings; null when it takes no part. */
export function partOf({ kind, type }: StreamSlot, value: Value, times: RowTimes): TilePart | null {
  if (value === null) return null;
  switch (kind) {
    case 'counted':
      return { kind, count: 1 };
    case 'added': {
      const total = summandOf(type, Number(value));
      return total === null ? null : { kind, count: 1, total };
    }
    case 'least':
    case 'greatest':
      return { kind, value };
    case 'newest':
      return { kind, value, times };
  }
}

/** Both parts as one. @throws BugError for parts of different slots */
export function mergeParts(a: TilePart | null, b: TilePart | null): TilePart | null {
  if (a === null || b === null) return a ?? b;
  if (a.kind === 'counted' && b.kind === 'counted') return { ...a, count: a.count + b.count };
  if (a.kind === 'added' && b.kind === 'added') {
    return { ...a, count: a.count + b.count, total: a.total + b.total };
  }
  if (a.kind === 'least' && b.kind === 'least') return compare(a.value, b.value) <= 0 ? a : b;
  if (a.kind === 'greatest' && b.kind === 'greatest') return compare(a.value, b.value) >= 0 ? a : b;
  if (a.kind === 'newest' && b.kind === 'newest') return compareTimes(a.times, b.times) >= 0 ? a : b;
  throw new BugError(`parts of different slots: ${a.kind} and ${b.kind}`);
}

/** The value of a feature over the rows of one part. */
export function readPart({ aggregation }: StreamFeature, { type }: StreamSlot, part: TilePart | null): Value {
  if (part === null) return aggregation === 'count' ? 0 : null;
  switch (part.kind) {
    case 'counted':
      return part.count;
    case 'added':
      return addedUp(aggregation === 'mean' ? 'mean' : 'sum', type, part.total, part.count);
    case 'least':
    case 'greatest':
    case 'newest':
      return part.value;
  }
}
