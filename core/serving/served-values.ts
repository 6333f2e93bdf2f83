import type { Value } from '../definitions/value-type.ts';
import { type PackedColumn, unpackRow } from './packed-row.ts';
import type { ServedValue } from './prediction-record.ts';

/** What the online store holds of a view for one entity. */
export interface StoredRow {
  readonly values: Uint8Array;
  readonly eventTimeMs: number;
}

const NOT_FOUND: ServedValue = { value: null, status: 'NOT_FOUND', eventTimeMs: null };

/**
 * The values of a view in the order of its columns, each with the reason it is what it is. A value older than the TTL
 * is not given, even while the store still holds it; one that is exactly as old still is.
 */
export function servedValues(
  columns: readonly PackedColumn[],
  ttlMs: number | null,
  stored: StoredRow | null,
  nowMs: number,
): readonly ServedValue[] {
  if (stored === null) return columns.map(() => NOT_FOUND);
  const { eventTimeMs } = stored;
  if (ttlMs !== null && eventTimeMs < nowMs - ttlMs) {
    return columns.map(() => ({ value: null, status: 'OUTSIDE_MAX_AGE', eventTimeMs }));
  }
  return unpackRow(columns, stored.values).map((value: Value) => ({
    value,
    status: value === null ? 'NULL_VALUE' : 'PRESENT',
    eventTimeMs,
  }));
}
