import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { InvalidInputError } from '../../../../core/errors.ts';
import type { LabelledMatrix } from '../boosting/matrix.ts';
import { MatrixBuilder } from './matrix-builder.ts';
import { parseNumber } from './parse-number.ts';
import { readLines } from './read-lines.ts';

const CSV = 'text/csv';
const LIBSVM = ['text/libsvm', 'text/x-libsvm'];
const PARQUET = 'application/x-parquet';

/**
 * Reads every file of a channel, in the order of their names, label first.
 *
 * @param contentType as given for the channel; the image's default is libsvm
 * @throws InvalidInputError naming file, line and column of what can not be read
 */
export async function readChannel(
  folder: string,
  channel: string,
  contentType = 'text/libsvm',
): Promise<LabelledMatrix> {
  const type = contentType.split(';')[0]!.trim().toLowerCase();
  const files = channelFiles(folder);
  if (files.length === 0) throw new InvalidInputError(`channel ${channel} has no files`);
  const builder = new MatrixBuilder();
  const named = (file: string) => join(channel, relative(folder, file));
  if (type === CSV) for (const file of files) readCsv(file, named(file), builder);
  else if (type === PARQUET) for (const file of files) await readParquet(file, named(file), builder);
  else if (LIBSVM.includes(type)) readLibsvm(files, named, builder);
  else {
    throw new InvalidInputError(
      `channel ${channel} has content type ${JSON.stringify(contentType)}; allowed: ${[CSV, ...LIBSVM, PARQUET].join(', ')}`,
    );
  }
  return builder.build();
}

function channelFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !entry.name.startsWith('_'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function readCsv(file: string, name: string, builder: MatrixBuilder): void {
  let line = 0;
  for (const text of readLines(file)) {
    line++;
    if (text.trim() === '') continue;
    const row = text.split(',').map((cell, column) => {
      const value = parseNumber(cell);
      if (value !== undefined) return value;
      const hint = line === 1 ? '; CSV for training has no header, and the label is its first column' : '';
      throw new InvalidInputError(
        `${name} line ${line} column ${column + 1} is ${JSON.stringify(cell)}, not a number${hint}`,
      );
    });
    builder.add(row, `${name} line ${line}`);
  }
}

/** Indices may count from 0 or from 1, in all files alike; what a row leaves out is missing. */
function readLibsvm(files: readonly string[], named: (file: string) => string, builder: MatrixBuilder): void {
  const rows: {
    readonly where: string;
    readonly label: number;
    readonly cells: readonly (readonly [number, number])[];
  }[] = [];
  let lowest = 1;
  let highest = 0;
  for (const file of files) {
    let line = 0;
    for (const text of readLines(file)) {
      const where = `${named(file)} line ${++line}`;
      const tokens = text.trim().split(/\s+/);
      if (tokens[0] === '') continue;
      const label = parseNumber(tokens[0]!);
      const cells = tokens.slice(1).map((token) => readLibsvmCell(token, where));
      if (label === undefined || Number.isNaN(label))
        throw new InvalidInputError(`${where} has the label ${tokens[0]}, not a number`);
      for (const [index] of cells) {
        lowest = Math.min(lowest, index);
        highest = Math.max(highest, index);
      }
      rows.push({ where, label, cells });
    }
  }
  const row = new Float32Array(1 + highest - lowest + 1);
  for (const { where, label, cells } of rows) {
    row.fill(Number.NaN);
    row[0] = label;
    for (const [index, value] of cells) row[1 + index - lowest] = value;
    builder.add(row, where);
  }
}

export function readLibsvmCell(token: string, where: string): readonly [index: number, value: number] {
  const [, index, text] = /^(\d+):(.+)$/.exec(token) ?? [];
  const value = text === undefined ? undefined : parseNumber(text);
  if (index === undefined || value === undefined || Number(index) > 1_000_000) {
    throw new InvalidInputError(`${where} has ${JSON.stringify(token)}, not "index:number"`);
  }
  return [Number(index), value];
}

async function readParquet(file: string, name: string, builder: MatrixBuilder): Promise<void> {
  // loaded only when needed: serving never is
  const { asyncBufferFromFile, parquetMetadataAsync, parquetRead } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  let groupStart = 0;
  for (const group of metadata.row_groups) {
    const groupEnd = groupStart + Number(group.num_rows);
    await parquetRead({
      file: buffer,
      metadata,
      compressors,
      rowStart: groupStart,
      rowEnd: groupEnd,
      rowFormat: 'array',
      onComplete: (rows) => {
        for (const [i, row] of rows.entries()) {
          const where = `${name} row ${groupStart + i + 1}`;
          builder.add(
            row.map((cell, column) => parquetNumber(cell, where, column)),
            where,
          );
        }
      },
    });
    groupStart = groupEnd;
  }
}

function parquetNumber(cell: unknown, where: string, column: number): number {
  if (cell === null || cell === undefined) return Number.NaN;
  if (typeof cell === 'number' || typeof cell === 'bigint' || typeof cell === 'boolean') return Number(cell);
  throw new InvalidInputError(`${where} column ${column + 1} is ${JSON.stringify(String(cell))}, not a number`);
}
