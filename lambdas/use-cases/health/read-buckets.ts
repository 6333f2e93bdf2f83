import type { ScanScope } from '../../../contracts/drift-scan.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import { type BucketCount, bucketWidthsMs, type SourceBuckets } from '../../../core/health/source-buckets.ts';
import { type RowsBelowDeps, type RowsOfFile, rowsBelow } from '../tables/rows-below.ts';
import { healthPrefix } from './watched-sources.ts';

/** What the query of a source counted, by width of the buckets, the narrowest first. @throws CorruptDataError for a file of something else */
export async function readBuckets(
  deps: RowsBelowDeps,
  scope: ScanScope,
  source: string,
  columns: readonly string[],
): Promise<readonly SourceBuckets[]> {
  const { atMs } = scope;
  const counts = new Map<number, BucketCount[]>(bucketWidthsMs(atMs - scope.fromMs).map((widthMs) => [widthMs, []]));
  for await (const batch of rowsBelow(deps, healthPrefix(scope.prefix, source))) {
    for (let row = 0; row < batch.rows; row++) {
      counts.get(whole(batch, row, 'width_ms'))?.push(countOf(batch, row, columns));
    }
  }
  return [...counts].map(([widthMs, ofWidth]) => ({ atMs, widthMs, counts: ofWidth }));
}

function countOf(batch: RowsOfFile, row: number, columns: readonly string[]): BucketCount {
  return {
    bucket: whole(batch, row, 'bucket'),
    delay: whole(batch, row, 'delay'),
    rows: whole(batch, row, 'rows'),
    oldestLoadMs: whole(batch, row, 'oldest_load_ms'),
    newestEventMs: whole(batch, row, 'newest_event_ms'),
    nulls: Object.fromEntries(columns.map((column, i) => [column, whole(batch, row, `nulls_${i}`)])),
  };
}

function whole(batch: RowsOfFile, row: number, column: string): number {
  const value = batch.cell(row, column);
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  throw new CorruptDataError(`${batch.key} has no number for ${column}`, { key: batch.key, column });
}
