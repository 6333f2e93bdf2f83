import { InvalidInputError } from '../../../core/errors.ts';
import { FileRejectedError } from '../../../core/ingestion/file-rejected-error.ts';
import type { ParquetFile, ParquetFiles } from '../../ports/parquet-files.ts';
import type { RawRow, RowReader } from '../../ports/row-reader.ts';

const MAGIC = [0x50, 0x41, 0x52, 0x31] as const;
const BATCH_ROWS = 50_000;

/** Rows of Parquet files, row group by row group. Timestamps without a zone are UTC. */
export function parquetRowReader(parquet: ParquetFiles): RowReader {
  return {
    async open(source, bytes) {
      if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
        throw new FileRejectedError('the file is no Parquet file: it does not begin with PAR1', {});
      }
      const file = await rejecting(parquet.open(bytes));
      const wanted = source.columns.map(({ from }) => from);
      const absent = wanted.filter((name) => !file.columns.includes(name));
      if (absent.length > 0) {
        throw new FileRejectedError(`the file lacks ${absent.join(', ')}; its columns are ${file.columns.join(', ')}`, {
          absent,
          found: file.columns,
        });
      }
      const ignored = file.columns.filter((name) => !wanted.includes(name));
      return { ignoredColumns: () => ignored, batches: () => batches(file, wanted) };
    },
  };
}

async function* batches(file: ParquetFile, wanted: readonly string[]): AsyncIterable<readonly RawRow[]> {
  const groups = file.batches([...new Set(wanted)])[Symbol.asyncIterator]();
  for (let next = await rejecting(groups.next()); next.done !== true; next = await rejecting(groups.next())) {
    const { firstRow, rows, columns } = next.value;
    const cells = wanted.map((name) => columns[name] ?? []);
    for (let from = 0; from < rows; from += BATCH_ROWS) {
      const count = Math.min(BATCH_ROWS, rows - from);
      yield Array.from({ length: count }, (_, i) => ({
        row: firstRow + from + i + 1,
        cells: cells.map((column) => column[from + i] ?? null),
      }));
    }
  }
}

async function rejecting<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw error instanceof InvalidInputError ? new FileRejectedError(error.message, error.details) : error;
  }
}
