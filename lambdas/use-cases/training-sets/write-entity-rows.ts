import { digestOf } from '../../../core/canonical-json.ts';
import type { Value } from '../../../core/definitions/value-type.ts';
import { coerceValue } from '../../../core/ingestion/coerce-value.ts';
import { FileRejectedError } from '../../../core/ingestion/file-rejected-error.ts';
import type { EntityColumn } from '../../../core/training-set/entity-columns.ts';
import { ENTITY_TABLE_KEY, ROW_ID, ROW_PART } from '../../../core/training-set/row-slots.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ParquetColumn, ParquetFiles } from '../../ports/parquet-files.ts';
import type { RawRow } from '../../ports/row-reader.ts';
import type { EntityFile, EntityTable } from './entity-table.ts';

/** Rows that are held in memory at once, while they are written and again while they are sealed. */
export const PART_ROWS = 250_000;
/** A query writes into at most 100 folders, one for each part. Source: Athena, UNLOAD and CTAS limits. */
const MAX_PARTS = 100;
const MAX_ENTITY_ROWS = PART_ROWS * MAX_PARTS;

const MAX_EXAMPLES = 5;

/** Changes with anything that gives other files for the same table. */
const LAYOUT = 1;

export interface EntityRowsDeps {
  readonly objects: Pick<ObjectStore, 'put'>;
  readonly parquet: ParquetFiles;
  readonly offlineBucket: string;
  /** @default PART_ROWS */
  readonly partRows?: number;
}

export interface WrittenEntityRows {
  readonly entityTableId: string;
  readonly rows: number;
  readonly parts: number;
  readonly oldestMs: number;
  readonly newestMs: number;
}

/** One name for the rows of a file, read in one way: written twice they are the same files. */
export function entityTableId(file: EntityFile, columns: readonly EntityColumn[], partRows: number): string {
  const { sha256, format, csv } = file;
  return digestOf({ layout: LAYOUT, partRows, sha256, format, csv, columns }).slice(0, 32);
}

/** Where the rows of one part lie. */
export function entityRowsKey(id: string, part: number): string {
  return `entity-rows/${ENTITY_TABLE_KEY}=${id}/${String(part).padStart(5, '0')}.parquet`;
}

/**
 * Writes an entity table as the Parquet files that the join reads, `PART_ROWS` rows each, in the file's order. Every
 * row is written: one that cannot be read stops it all, so that a training set has exactly the rows that were given.
 *
 * @throws FileRejectedError naming the first rows that cannot be read, and why
 */
export async function writeEntityRows(
  deps: EntityRowsDeps,
  table: Pick<EntityTable, 'open'>,
  file: EntityFile,
  columns: readonly EntityColumn[],
): Promise<WrittenEntityRows> {
  const { partRows = PART_ROWS } = deps;
  const id = entityTableId(file, columns, partRows);
  const problems = rowProblems();
  const empty = () => columns.map((): Value[] => []);
  let [cells, rows, parts] = [empty(), 0, 0];
  let [oldestMs, newestMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const timeAt = columns.findIndex(({ role }) => role === 'time');

  const flush = async () => {
    const body = deps.parquet.write(partColumns(columns, cells, parts, parts * partRows));
    const location = { bucket: deps.offlineBucket, key: entityRowsKey(id, parts) };
    if (problems.count() === 0) await deps.objects.put(location, body, 'application/vnd.apache.parquet');
    parts++;
    cells = empty();
  };
  for await (const batch of (await table.open(columns)).batches()) {
    for (const raw of batch) {
      if (++rows > MAX_ENTITY_ROWS) throw tooMany();
      const timeMs = addRow(columns, raw, cells, problems, timeAt);
      oldestMs = Math.min(oldestMs, timeMs);
      newestMs = Math.max(newestMs, timeMs);
      if (cells[0]!.length === partRows) await flush();
    }
  }
  problems.throwIfAny(rows);
  if (rows === 0) throw new FileRejectedError('the entity table has no rows', { rows });
  if (cells[0]!.length > 0) await flush();
  return { entityTableId: id, rows, parts, oldestMs, newestMs };
}

/** Answers the instant of the row; NaN when it has none, and then nothing comes of the rows. */
function addRow(
  columns: readonly EntityColumn[],
  raw: RawRow,
  cells: readonly Value[][],
  problems: ReturnType<typeof rowProblems>,
  timeAt: number,
): number {
  if ('problem' in raw) {
    problems.add(raw.row, raw.problem);
    return Number.NaN;
  }
  for (let i = 0; i < columns.length; i++) {
    const { name, type, role } = columns[i]!;
    const coerced = coerceValue(type, raw.cells[i]);
    const value = 'problem' in coerced ? null : coerced.value;
    if ('problem' in coerced) problems.add(raw.row, `${name}: ${coerced.problem}`);
    else if (value === null && role === 'time') problems.add(raw.row, `${name}: required, but missing`);
    cells[i]!.push(value);
  }
  return Number(cells[timeAt]!.at(-1) ?? Number.NaN);
}

function partColumns(
  columns: readonly EntityColumn[],
  cells: readonly (readonly Value[])[],
  part: number,
  firstId: number,
): readonly ParquetColumn[] {
  const rows = cells[0]!.length;
  return [
    { name: ROW_ID, type: 'int64', values: Array.from({ length: rows }, (_, i) => firstId + i) },
    { name: ROW_PART, type: 'int64', values: new Array<number>(rows).fill(part) },
    ...columns.map(({ slot, type }, i) => ({ name: slot, type, values: cells[i]! })),
  ];
}

function rowProblems() {
  const examples: string[] = [];
  let [count, lastRow] = [0, 0];
  return {
    count: () => count,
    add(row: number, problem: string) {
      if (examples.length < MAX_EXAMPLES) examples.push(`row ${row}: ${problem}`);
      if (row !== lastRow) count++;
      lastRow = row;
    },
    throwIfAny(rows: number) {
      if (count === 0) return;
      throw new FileRejectedError(
        `${count} of ${rows} rows of the entity table cannot be read, and no row is left out silently: ${examples.join('; ')}`,
        { rows, badRows: count, examples },
      );
    },
  };
}

function tooMany(): FileRejectedError {
  return new FileRejectedError(`the entity table has more than ${MAX_ENTITY_ROWS} rows; make several training sets`, {
    maxRows: MAX_ENTITY_ROWS,
  });
}
