import { MINUTE_MS } from '../clock.ts';
import type { Source } from '../definitions/source.ts';
import type { Value } from '../definitions/value-type.ts';
import { coerceValue } from './coerce-value.ts';

/** How far clocks may differ before an instant counts as lying in the future. */
export const CLOCK_TOLERANCE_MS = 5 * MINUTE_MS;

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
 */
export function checkRow(source: Source, cells: readonly unknown[], nowMs: number): CheckedRow {
  const values: Value[] = [];
  for (let i = 0; i < source.columns.length; i++) {
    const { name, type, required } = source.columns[i]!;
    const coerced = coerceValue(type, cells[i]);
    if ('problem' in coerced) return bad(name, coerced.problem);
    if (required && coerced.value === null) return bad(name, 'required, but missing');
    values.push(coerced.value);
  }
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
