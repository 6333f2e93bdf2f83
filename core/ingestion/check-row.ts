import { utf8ToBytes } from '@noble/hashes/utils.js';
import { MINUTE_MS } from '../clock.ts';
import type { Source } from '../definitions/source.ts';
import type { Value } from '../definitions/value-type.ts';
import { excessiveKeyBytes, MAX_JOIN_KEY_BYTES } from '../serving/join-key-size.ts';
import { coerceValue } from './coerce-value.ts';

/** How far clocks may differ before an instant counts as lying in the future. */
export const CLOCK_TOLERANCE_MS = 5 * MINUTE_MS;

/** Text of one row, so that a view of its columns fits into an item of the online store. */
const MAX_ROW_TEXT_BYTES = 262_144;

/** A row of a source that may be written, or the reason why not: `column: problem`, without values. */
export type CheckedRow =
  | {
      readonly isGood: true;
      /** In the order of the source's columns. */
      readonly values: readonly Value[];
      readonly eventTimeMs: number;
      /** What the source's own column says; null when there is none or it is empty. */
      readonly knownAtMs: number | null;
    }
  | { readonly isGood: false; readonly reason: string };

/**
 * Checks one row against its source.
 *
 * @param cells raw values in the order of the source's columns
 * @param nowMs an event or knowledge time more than five minutes later is refused
 * @param keys see `keyPlaces`
 */
export function checkRow(
  source: Source,
  cells: readonly unknown[],
  nowMs: number,
  keys: readonly (readonly number[])[],
): CheckedRow {
  const values: Value[] = [];
  for (let i = 0; i < source.columns.length; i++) {
    const { name, type, required } = source.columns[i]!;
    const coerced = coerceValue(type, cells[i]);
    if ('problem' in coerced) return bad(name, coerced.problem);
    if (required && coerced.value === null) return bad(name, 'required, but missing');
    values.push(coerced.value);
  }
  const size = sizeProblem(source, values, keys);
  if (size !== null) return size;
  const eventTimeMs = eventTimeOf(source, values);
  if (typeof eventTimeMs !== 'number') return eventTimeMs;
  const knownAtMs = source.knownAtColumn === null ? null : instantIn(source, values, source.knownAtColumn);
  if (knownAtMs !== null && knownAtMs > nowMs + CLOCK_TOLERANCE_MS) {
    return bad(source.knownAtColumn ?? '', 'known in the future');
  }
  if (!('fixedMs' in source.eventTime) && eventTimeMs > nowMs + CLOCK_TOLERANCE_MS) {
    return bad(source.eventTime.column, 'event time in the future');
  }
  return { isGood: true, values, eventTimeMs, knownAtMs };
}

/**
 * When serving could have known a row that its source does not say: loaded history counts as known at its event time
 * plus the source's lag, everything else from the moment it was loaded.
 */
export function knownAtOf(
  row: { readonly eventTimeMs: number; readonly knownAtMs: number | null },
  source: Source,
  load: { readonly isHistory: boolean; readonly loadedAtMs: number },
): number {
  if (row.knownAtMs !== null) return row.knownAtMs;
  return load.isHistory ? row.eventTimeMs + source.lagMs : load.loadedAtMs;
}

/** Null for a row that every view over the source can bring online. */
function sizeProblem(
  source: Source,
  values: readonly Value[],
  keys: readonly (readonly number[])[],
): CheckedRow | null {
  for (const places of keys) {
    const key = places.map((place) => values[place]).filter((value) => value !== null);
    if (excessiveKeyBytes(key as (string | number)[]) === null) continue; // join keys are text or whole numbers
    return bad(places.map((place) => source.columns[place]?.name).join(' and '), TOO_LONG_KEY);
  }
  let chars = 0;
  for (const value of values) if (typeof value === 'string') chars += value.length;
  if (chars * 3 <= MAX_ROW_TEXT_BYTES) return null;
  const bytes = values.reduce<number>(
    (sum, value) => sum + (typeof value === 'string' ? utf8ToBytes(value).length : 0),
    0,
  );
  return bytes <= MAX_ROW_TEXT_BYTES ? null : bad('row', 'more than 256 KiB of text');
}

const TOO_LONG_KEY = `more than ${MAX_JOIN_KEY_BYTES} bytes, which is too long for a join key`;

function eventTimeOf(source: Source, values: readonly Value[]): number | CheckedRow {
  if ('fixedMs' in source.eventTime) return source.eventTime.fixedMs;
  const { column } = source.eventTime;
  return instantIn(source, values, column) ?? bad(column, 'required, but missing');
}

function instantIn(source: Source, values: readonly Value[], column: string): number | null {
  const value = values[source.columns.findIndex(({ name }) => name === column)];
  return typeof value === 'number' ? value : null;
}

function bad(column: string, problem: string): CheckedRow {
  return { isGood: false, reason: `${column}: ${problem}` };
}
