import type { ObjectStore } from '../../ports/object-store.ts';
import type { ParquetBatch, ParquetFiles } from '../../ports/parquet-files.ts';

export interface RowsBelowDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'list'>;
  readonly parquet: ParquetFiles;
  readonly offlineBucket: string;
}

/** Some rows of one file; every column of the file is there. */
export interface RowsOfFile extends ParquetBatch {
  /** The file that the rows are from, for messages. */
  readonly key: string;
  /** A value as the file spells it (INT64 a bigint, missing null); undefined when the file has no such column. */
  cell(row: number, column: string): unknown;
}

/**
 * The rows of every Parquet file below a prefix of the offline bucket: what a query of ours wrote there, in whatever
 * number of files it did. Files come in order of their keys, none is no error, and a batch may hold no row.
 *
 * Memory: one file at a time.
 */
export async function* rowsBelow(
  { objects, parquet, offlineBucket: bucket }: RowsBelowDeps,
  prefix: string,
): AsyncGenerator<RowsOfFile, void, undefined> {
  for (const { key } of await objects.list(bucket, prefix)) {
    const file = await parquet.open(await objects.get({ bucket, key }));
    for await (const batch of file.batches()) {
      yield { ...batch, key, cell: (row, column) => batch.columns[column]?.[row] };
    }
  }
}
