import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DuckDBResult } from '@duckdb/node-api';
import { type ResultFormat, resultFormat } from './result-value.ts';

/** A row of a result file: undefined is NULL. */
export type ResultRow = readonly (string | undefined)[];

/**
 * Streams a result into a CSV file as Athena writes it: a header, every value quoted, NULL as nothing between the
 * commas. Memory does not grow with rows.
 */
export async function writeResultCsv(result: DuckDBResult, names: readonly string[], path: string): Promise<void> {
  const formats = result.columnTypes().map(resultFormat);
  await pipeline(Readable.from(lines(result, names, formats)), createWriteStream(path));
}

async function* lines(result: DuckDBResult, names: readonly string[], formats: readonly ResultFormat[]) {
  yield `${names.map(quoted).join(',')}\n`;
  for await (const rows of result.yieldRows()) {
    const texts = rows.map((row) => {
      const values = row.map((value, index) => formats[index]!(value));
      return `${values.map((value) => (value === undefined ? '' : quoted(value))).join(',')}\n`;
    });
    yield texts.join('');
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

const CHUNK_BYTES = 1 << 20;

/**
 * Reads rows from a result file.
 *
 * @param from byte at which a row begins
 * @returns the rows, and the byte of the row after them when there is one
 */
export async function readResultRows(
  path: string,
  from: number,
  count: number,
): Promise<{ readonly rows: readonly ResultRow[]; readonly next?: number }> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    let bytes = Buffer.alloc(0);
    for (;;) {
      const room = Buffer.alloc(Math.min(CHUNK_BYTES, size - from - bytes.length));
      await file.read(room, 0, room.length, from + bytes.length);
      bytes = Buffer.concat([bytes, room]);
      const isWhole = from + bytes.length >= size;
      const { rows, usedBytes } = parseRows(bytes, count);
      if (rows.length < count && !isWhole) continue;
      return from + usedBytes < size ? { rows, next: from + usedBytes } : { rows };
    }
  } finally {
    await file.close();
  }
}

/** Whole rows at the start of the bytes. The file is our own, so a value is quoted or absent. */
function parseRows(bytes: Buffer, count: number): { rows: ResultRow[]; usedBytes: number } {
  const rows: ResultRow[] = [];
  let row: (string | undefined)[] = [];
  let usedBytes = 0;
  let at = 0;
  while (at < bytes.length && rows.length < count) {
    if (bytes[at] === QUOTE) {
      const end = closingQuote(bytes, at);
      if (end === -1) break;
      row.push(bytes.toString('utf8', at + 1, end).replaceAll('""', '"'));
      at = end + 1;
    } else row.push(undefined);
    if (at >= bytes.length) break;
    const isRowEnd = bytes[at] === NEW_LINE;
    at++;
    if (!isRowEnd) continue;
    rows.push(row);
    row = [];
    usedBytes = at;
  }
  return { rows, usedBytes };
}

const QUOTE = 0x22;
const NEW_LINE = 0x0a;

function closingQuote(bytes: Buffer, open: number): number {
  for (let at = bytes.indexOf(QUOTE, open + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 2)) {
    if (at + 1 >= bytes.length) return -1; // the next chunk tells whether this one is doubled
    if (bytes[at + 1] !== QUOTE) return at;
  }
  return -1;
}
