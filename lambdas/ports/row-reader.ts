import type { Source } from '../../core/definitions/source.ts';

/** Rows of a file by the columns that a source declares; one adapter per file format. */
export interface RowReader {
  /**
   * @throws FileRejectedError when no row of it can be read as the source's: another format, columns that are missing
   */
  open(source: Source, bytes: Uint8Array): Promise<RowFile>;
}

export interface RowFile {
  /**
   * Every row in the file's order, some at a time.
   *
   * @throws FileRejectedError when the file turns out to be damaged on the way
   */
  batches(): AsyncIterable<readonly RawRow[]>;
  /** Columns of the file that the source does not declare; complete once every row has been read. */
  ignoredColumns(): readonly string[];
}

export type RawRow =
  | {
      /** Place in the file, from 1, header and skipped lines not counted. */
      readonly row: number;
      /** In the order of the source's columns, as the file spells them; null is missing. */
      readonly cells: readonly unknown[];
    }
  | {
      readonly row: number;
      /** Why the row itself cannot be read, without its values. */
      readonly problem: string;
      readonly text: string;
    };
