import type { Row, Value } from '../definitions/value-type.ts';

/** The four columns that place a row of an offline table in time. */
export interface RowTimes {
  /** When it became true. */
  readonly eventTimeMs: number;
  /** When serving could have known it. */
  readonly knownAtMs: number;
  /** When it entered the store. */
  readonly loadedAtMs: number;
  /** Tells apart the rows of one load. */
  readonly seq: number;
}

export interface SourceRow extends RowTimes {
  /** When what loaded the row brought it online as well, as pushes and streams do; null when a materialization has to. */
  readonly servedAtMs: number | null;
  /** By the names of the source's columns. */
  readonly values: Row;
}

export interface ViewRow extends RowTimes {
  /** Join key values in the entity's order. */
  readonly key: readonly KeyValue[];
  /** In the order of the view's features. */
  readonly values: readonly Value[];
}

export type KeyValue = string | number;

/** Later is greater: by event time, then knowledge time, load time and position. */
export function compareTimes(a: RowTimes, b: RowTimes): number {
  return a.eventTimeMs - b.eventTimeMs || a.knownAtMs - b.knownAtMs || a.loadedAtMs - b.loadedAtMs || a.seq - b.seq;
}

/** The latest of the rows; null when there are none. */
export function latest<R extends RowTimes>(rows: readonly R[]): R | null {
  return rows.reduce<R | null>((best, row) => (best === null || compareTimes(row, best) > 0 ? row : best), null);
}

/** Rows by key, compared value by value; rows with a missing key value belong to nobody and are left out. */
export function byKey<R>(
  rows: readonly R[],
  keyOf: (row: R) => readonly Value[],
): readonly { readonly key: readonly KeyValue[]; readonly rows: readonly R[] }[] {
  const groups = new Map<string, { key: readonly KeyValue[]; rows: R[] }>();
  for (const row of rows) {
    const key = keyOf(row);
    if (!key.every((part) => part !== null && typeof part !== 'boolean')) continue;
    const id = JSON.stringify(key);
    const group = groups.get(id) ?? { key, rows: [] };
    group.rows.push(row);
    groups.set(id, group);
  }
  return [...groups.values()];
}
