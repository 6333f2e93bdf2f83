import type { Value } from '../definitions/value-type.ts';
import { unpackStream } from '../streaming/pack-stream.ts';
import { readStream } from '../streaming/read-stream.ts';
import type { StreamLayout } from '../streaming/stream-layout.ts';
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
 *
 * @param stream see `streamLayout`: items of a streamed view hold tiles, which are read at `nowMs`
 */
export function servedValues(
  columns: readonly PackedColumn[],
  ttlMs: number | null,
  stored: StoredRow | null,
  nowMs: number,
  stream: StreamLayout | null,
): readonly ServedValue[] {
  if (stored === null) return columns.map(() => NOT_FOUND);
  if (stream !== null) {
    const read = readStream(stream, unpackStream(stream, stored.values), nowMs);
    return read === null ? columns.map(() => NOT_FOUND) : read.values.map((value) => servedValue(value, read.newestMs));
  }
  const { eventTimeMs } = stored;
  if (ttlMs !== null && eventTimeMs < nowMs - ttlMs) {
    return columns.map(() => ({ value: null, status: 'OUTSIDE_MAX_AGE', eventTimeMs }));
  }
  return unpackRow(columns, stored.values).map((value) => servedValue(value, eventTimeMs));
}

function servedValue(value: Value, eventTimeMs: number): ServedValue {
  return { value, status: value === null ? 'NULL_VALUE' : 'PRESENT', eventTimeMs };
}
