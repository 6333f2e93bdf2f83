import {
  type AsyncBuffer,
  type ColumnData,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer';
import type { Value, ValueType } from '../../../core/definitions/value-type.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import type { ParquetBatch, ParquetColumn, ParquetFile, ParquetFiles } from '../../ports/parquet-files.ts';
import { assertPages } from './parquet-pages.ts';

const WRITTEN_ROW_GROUP_ROWS = 65_536;

const WRITTEN_AS: Readonly<Record<ValueType, BasicType>> = {
  string: 'STRING',
  int64: 'INT64',
  float64: 'DOUBLE',
  boolean: 'BOOLEAN',
  timestamp: 'INT64',
};

export const hyparquetFiles: ParquetFiles = {
  open: async (bytes) => {
    const { metadata, columns } = await footer(asyncBuffer(bytes)).catch((error: unknown) => {
      throw unreadable('', error);
    });
    return {
      rows: Number(metadata.num_rows),
      columns,
      batches: (asked = columns, fromRow = 0) => batches(bytes, metadata, columns, asked, fromRow),
    } satisfies ParquetFile;
  },

  write: (columns) =>
    new Uint8Array(
      parquetWriteBuffer({
        columnData: columns.map((column) => ({
          name: column.name,
          type: column.isInstant === true ? 'TIMESTAMP' : WRITTEN_AS[column.type],
          data: writtenValues(column),
        })),
        rowGroupSize: WRITTEN_ROW_GROUP_ROWS,
        createdBy: 'headgate',
      }),
    ),
};

async function footer(file: AsyncBuffer) {
  const metadata = await parquetMetadataAsync(file);
  const columns = parquetSchema(metadata).children.map((child) => child.element.name);
  const rows = metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0);
  if (rows !== Number(metadata.num_rows)) {
    throw new Error(`its row groups have ${rows} rows, and its footer says ${metadata.num_rows}`);
  }
  return { metadata, columns };
}

async function* batches(
  bytes: Uint8Array,
  metadata: FileMetaData,
  known: readonly string[],
  asked: readonly string[],
  fromRow: number,
): AsyncIterable<ParquetBatch> {
  const absent = asked.filter((name) => !known.includes(name));
  if (absent.length > 0) {
    throw new InvalidInputError(`the Parquet file has no column ${absent.join(', ')}; it has ${known.join(', ')}`, {
      absent,
      known,
    });
  }
  const file = asyncBuffer(bytes);
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    if (fromRow < groupEnd) {
      try {
        assertPages(bytes, group, asked);
      } catch (error) {
        throw unreadable(`rows ${groupStart + 1} to ${groupEnd}`, error);
      }
      yield await batch(file, metadata, asked, Math.max(groupStart, fromRow), groupEnd);
    }
    groupStart = groupEnd;
  }
}

async function batch(
  file: AsyncBuffer,
  metadata: FileMetaData,
  names: readonly string[],
  rowStart: number,
  rowEnd: number,
): Promise<ParquetBatch> {
  const rows = rowEnd - rowStart;
  const columns = new Map(names.map((name) => [name, new Array<unknown>(rows).fill(null)]));
  let seen = 0;
  const onChunk = (chunk: ColumnData) => {
    const column = columns.get(chunk.columnName);
    // a chunk may begin before the rows asked for and end behind them
    const from = Math.max(chunk.rowStart, rowStart);
    const to = Math.min(chunk.rowStart + chunk.columnData.length, rowEnd);
    for (let row = from; column !== undefined && row < to; row++, seen++) {
      column[row - rowStart] = chunk.columnData[row - chunk.rowStart] ?? null;
    }
  };
  const options = { file, metadata, compressors, columns: [...names], rowStart, rowEnd, onChunk };
  const where = `rows ${rowStart + 1} to ${rowEnd}`;
  await parquetRead(options).catch((error: unknown) => {
    throw unreadable(where, error);
  });
  if (seen !== rows * names.length) throw unreadable(where, new Error('a column ends too early'));
  return { firstRow: rowStart, rows, columns: Object.fromEntries(columns) };
}

function writtenValues(column: ParquetColumn): unknown[] {
  if (column.isInstant === true) return column.values.map((ms) => (ms === null ? null : new Date(Number(ms))));
  const isWhole = column.type === 'int64' || column.type === 'timestamp';
  return column.values.map((value: Value) => (isWhole && typeof value === 'number' ? BigInt(value) : value));
}

/** The reader works on array buffers; each slice it asks for is copied, never the whole file. */
function asyncBuffer(bytes: Uint8Array): AsyncBuffer {
  return {
    byteLength: bytes.byteLength,
    slice: (start, end) => new Uint8Array(bytes.subarray(start, end)).buffer,
  };
}

function unreadable(where: string, error: unknown): InvalidInputError {
  const reason = error instanceof Error ? error.message : String(error);
  const part = where === '' ? '' : ` at ${where}`;
  return new InvalidInputError(`the file cannot be read as Parquet${part}: ${reason}; write the file anew`, { reason });
}
