import type { Value } from '../definitions/value-type.ts';
import { type KeyValue, latest, type ViewRow } from './offline-row.ts';

/** What is visible of one view for one entity at one instant. */
export interface VisibleRow {
  /** `OUTSIDE_MAX_AGE`: there is a row, but it is older than the view's TTL; its values are not used. */
  readonly status: 'PRESENT' | 'NOT_FOUND' | 'OUTSIDE_MAX_AGE';
  readonly row: ViewRow | null;
}

/**
 * The point-in-time rule: of the entity's rows with event time <= t and known at <= t the latest by event time,
 * knowledge time, load time and position, if its event time >= t - ttl (both ends closed; null ttl: for ever).
 * An incomplete key finds nothing. The meaning of record of `pointInTimeJoin`; slow on purpose.
 *
 * @param options `knowledgeCut: false` leaves out the condition on known at
 */
export function joinPointInTime(
  spine: readonly { readonly key: readonly (KeyValue | null)[]; readonly timeMs: number }[],
  rows: readonly ViewRow[],
  ttlMs: number | null,
  options: { readonly knowledgeCut: boolean } = { knowledgeCut: true },
): readonly VisibleRow[] {
  return spine.map(({ key, timeMs }) => {
    const isVisible = (row: ViewRow) =>
      row.eventTimeMs <= timeMs && (row.knownAtMs <= timeMs || !options.knowledgeCut) && isSameKey(row.key, key);
    const row = latest(rows.filter(isVisible));
    if (row === null) return { status: 'NOT_FOUND', row };
    const isTooOld = ttlMs !== null && row.eventTimeMs < timeMs - ttlMs;
    return { status: isTooOld ? 'OUTSIDE_MAX_AGE' : 'PRESENT', row };
  });
}

/** The values a training row gets: nulls when nothing may be used. */
export function visibleValues(visible: VisibleRow, features: number): readonly Value[] {
  return visible.status === 'PRESENT' && visible.row !== null
    ? visible.row.values
    : new Array<Value>(features).fill(null);
}

/** Value by value: ('1', '23') and ('12', '3') are different keys. */
function isSameKey(a: readonly KeyValue[], b: readonly (KeyValue | null)[]): boolean {
  return a.length === b.length && a.every((part, i) => part === b[i]);
}
