import { CsvError, parse } from 'csv-parse';
import type { CsvFormat, Source } from '../../../core/definitions/source.ts';
import { FileRejectedError } from '../../../core/ingestion/file-rejected-error.ts';
import type { RawRow, RowFile, RowReader } from '../../ports/row-reader.ts';
import { damageDetector, textBytes } from './text-bytes.ts';

const CHUNK_BYTES = 1_048_576;
const BATCH_ROWS = 5_000;
const MAX_RECORD_BYTES = 1_048_576;
const NEWLINE = 0x0a;

/**
 * CSV as spreadsheets and databases write it: UTF-8 with or without a byte order mark, LF or CRLF, quotes doubled
 * inside quotes, line breaks inside quotes. White space around unquoted cells is cut off; blank lines are no rows.
 */
export const csvRowReader: RowReader = {
  async open(source, bytes) {
    const text = textBytes(bytes, 'csv');
    const data = skipLines(text, source.csv.skipLines);
    const records = recordsOf(source.csv, data);
    const layout = source.csv.header
      ? headerLayout(source, (await records.next()).value ?? null)
      : declaredLayout(source);
    const isDamaged = damageDetector(data);
    return {
      ignoredColumns: () => layout.ignored,
      batches: () => batches(source, layout, records, isDamaged),
    } satisfies RowFile;
  },
};

interface Layout {
  /** Cells of a whole row. */
  readonly width: number;
  /** Where each column of the source lies. */
  readonly places: readonly number[];
  readonly ignored: readonly string[];
}

function declaredLayout({ columns }: Source): Layout {
  return { width: columns.length, places: columns.map((_, i) => i), ignored: [] };
}

function headerLayout(source: Source, header: readonly string[] | null): Layout {
  if (header === null) throw new FileRejectedError('the file has no header line: it is empty', {});
  const names = header.map((name) => name.trim());
  const absent = source.columns.filter(({ from }) => !names.includes(from)).map(({ from }) => from);
  if (absent.length > 0) {
    throw new FileRejectedError(
      `the file lacks ${absent.join(', ')}; its columns are ${names.slice(0, 50).join(', ')}; ` +
        `source "${source.name}" is read with delimiter ${JSON.stringify(source.csv.delimiter)}`,
      { absent, found: names.slice(0, 50) },
    );
  }
  const twice = source.columns.find(({ from }) => names.indexOf(from) !== names.lastIndexOf(from));
  if (twice !== undefined) {
    throw new FileRejectedError(`column ${twice.from} is in the header twice; rename one of them`, {
      column: twice.from,
    });
  }
  const declared = new Set(source.columns.map(({ from }) => from));
  return {
    width: names.length,
    places: source.columns.map(({ from }) => names.indexOf(from)),
    ignored: names.filter((name) => !declared.has(name)),
  };
}

async function* batches(
  { csv }: Source,
  { width, places }: Layout,
  records: AsyncIterator<readonly string[]>,
  isDamaged: (text: string) => boolean,
): AsyncIterable<readonly RawRow[]> {
  const nulls = new Set(['', ...csv.nulls]);
  let batch: RawRow[] = [];
  let row = 0;
  for (let next = await records.next(); next.done !== true; next = await records.next()) {
    const record = next.value;
    row++;
    if (record.length !== width) {
      batch.push({ row, problem: 'another number of cells than the header', text: record.join(csv.delimiter) });
    } else if (record.some(isDamaged)) {
      batch.push({ row, problem: 'not valid UTF-8', text: record.join(csv.delimiter) });
    } else {
      batch.push({ row, cells: places.map((place) => (nulls.has(record[place]!.trim()) ? null : record[place])) });
    }
    if (batch.length === BATCH_ROWS) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

async function* recordsOf(format: CsvFormat, data: Uint8Array): AsyncGenerator<readonly string[], void> {
  const parser = parse({
    delimiter: format.delimiter,
    trim: true,
    relax_column_count: true,
    // a quote inside an unquoted cell is a character like any other: 12" pipe
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD_BYTES,
  });
  feed(parser, data);
  try {
    yield* parser as AsyncIterable<readonly string[]>; // without `columns` every record is a list of cells
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const hint = error.code === 'CSV_MAX_RECORD_SIZE' ? ' (a quote that is never closed?)' : '';
    throw new FileRejectedError(`the file cannot be read as CSV: ${error.message}${hint}`, { code: error.code });
  }
}

/** Writes as fast as the parser reads, so that only a few records are in memory at once. */
function feed(parser: ReturnType<typeof parse>, data: Uint8Array): void {
  let at = 0;
  const write = () => {
    while (at < data.length) {
      const chunk = data.subarray(at, at + CHUNK_BYTES);
      at += chunk.length;
      if (!parser.write(chunk)) return void parser.once('drain', write);
    }
    parser.end();
  };
  write();
}

function skipLines(data: Uint8Array, lines: number): Uint8Array {
  let from = 0;
  for (let line = 0; line < lines; line++) {
    const end = data.indexOf(NEWLINE, from);
    if (end === -1) throw new FileRejectedError(`the file has fewer than ${lines + 1} lines, ${lines} are skipped`, {});
    from = end + 1;
  }
  return data.subarray(from);
}
