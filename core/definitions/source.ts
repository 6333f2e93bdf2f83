import type { ValueType } from './value-type.ts';

/** A table of raw rows that are ingested from files or pushed, and that feature views and labels are computed from. */
export interface Source {
  readonly kind: 'source';
  readonly name: string;
  readonly columns: readonly SourceColumn[];
  /** Where the instant comes from at which a row became true: a timestamp column, or one instant for a static table. */
  readonly eventTime: { readonly column: string } | { readonly fixedMs: number };
  /** Timestamp column that says when serving could have known the row; null when the source does not record it. */
  readonly knownAtColumn: string | null;
  /** How long after its event time a row of loaded history counts as known; 0 when it is known at once. */
  readonly lagMs: number;
  /**
   * Column that names the event a row tells of; null when rows have no such name. Of several rows with one name the
   * first that was loaded counts in aggregates and labels, the others are duplicates. A row without the name is an event of its own.
   */
  readonly eventIdColumn: string | null;
  readonly csv: CsvFormat;
  readonly description: string;
  readonly owner: string;
}

export interface SourceColumn {
  readonly name: string;
  /** The column's name in files; equal to `name` unless mapped. */
  readonly from: string;
  readonly type: ValueType;
  /** A row that lacks a required value is quarantined. Event time and every column used as a join key are required. */
  readonly required: boolean;
}

export interface CsvFormat {
  /** One character. */
  readonly delimiter: string;
  /** Lines before the header (or the first row) that are not data. */
  readonly skipLines: number;
  /** Without a header, columns come in the order they are declared. */
  readonly header: boolean;
  /** Cells that mean a missing value, compared after trimming. The empty cell always does. */
  readonly nulls: readonly string[];
}
