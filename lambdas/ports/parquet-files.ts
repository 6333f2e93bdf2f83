import type { Value, ValueType } from '../../core/definitions/value-type.ts';

/** Parquet files in memory: what they hold, read row group by row group, and written in one canonical form. */
export interface ParquetFiles {
  /** @throws InvalidInputError when the bytes are no Parquet file, are cut short, or use what cannot be read */
  open(bytes: Uint8Array): Promise<ParquetFile>;
  /**
   * One file with the columns in their order, each of them optional. The same columns give the same bytes.
   * `int64` and `timestamp` become INT64 (timestamps as epoch milliseconds without a logical type), `float64` DOUBLE,
   * `boolean` BOOLEAN, `string` UTF-8.
   */
  write(columns: readonly ParquetColumn[]): Uint8Array;
}

export interface ParquetFile {
  readonly rows: number;
  /** Top-level columns in the file's order. */
  readonly columns: readonly string[];
  /**
   * The rows from `fromRow` on in the file's order, one batch per row group, with the columns asked for (all when left
   * out). Values are as the file spells them: INT64 a bigint, dates and timestamps a `Date`, missing null.
   *
   * @throws InvalidInputError for a column the file does not have, and for data that is damaged
   */
  batches(columns?: readonly string[], fromRow?: number): AsyncIterable<ParquetBatch>;
}

export interface ParquetBatch {
  /** Position of the first row in the file. */
  readonly firstRow: number;
  readonly rows: number;
  /** Values of each column asked for, all of the same length. */
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
}

export interface ParquetColumn {
  readonly name: string;
  readonly type: ValueType;
  readonly values: readonly Value[];
  /** Spells timestamps with Parquet's logical type (UTC, milliseconds), for readers that are not ours. @default false */
  readonly isInstant?: boolean;
}
