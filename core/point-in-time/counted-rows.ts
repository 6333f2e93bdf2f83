import type { Source } from '../definitions/source.ts';
import type { SourceRow } from './offline-row.ts';

/**
 * Of the rows of one event the first that was loaded (by load time, then position); every row without an event id.
 * The meaning of record of `countedRowsSql`.
 */
export function countedRows({ eventIdColumn }: Source, rows: readonly SourceRow[]): readonly SourceRow[] {
  if (eventIdColumn === null) return rows;
  const isBefore = (a: SourceRow, b: SourceRow) =>
    a.loadedAtMs < b.loadedAtMs || (a.loadedAtMs === b.loadedAtMs && a.seq < b.seq);
  return rows.filter((row) => {
    const id = row.values[eventIdColumn] ?? null;
    return id === null || !rows.some((other) => other.values[eventIdColumn] === id && isBefore(other, row));
  });
}
