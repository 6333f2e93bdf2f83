import { readFile, stat } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import type { OneAnswer } from '../api/api-client.ts';
import { apiFailure } from '../api/api-failure.ts';
import { CliError, UsageError } from '../cli-error.ts';
import { typedValues } from '../verbs/request-values.ts';

/** All of it is held in memory. */
const MAX_FILE_BYTES = 100_000_000;

export type FileRow = Readonly<Record<string, string>>;

/** Rows of a CSV file with a header. @throws CliError, UsageError when there are none */
export async function requestRows(file: string): Promise<readonly FileRow[]> {
  let rows: FileRow[];
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) {
      throw new UsageError(
        `${file} has ${size} bytes, at most ${MAX_FILE_BYTES} are read`,
        'take fewer of its rows: they are asked for over and over',
      );
    }
    rows = parse(await readFile(file), { columns: distinct, skip_empty_lines: true, trim: true, bom: true });
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new CliError(
      `${file} cannot be read: ${why}`,
      error instanceof CsvError
        ? 'write CSV with a header, a column per join key and request-time value'
        : 'check the path',
      {},
      error,
    );
  }
  if (rows.length === 0) throw new UsageError(`${file} has no rows`, 'write CSV with a header and a row per entity');
  return rows;
}

/** Of two columns of one name only the last would be read. */
function distinct(names: string[]): string[] {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return names;
  throw new UsageError(`the file has the column "${twice}" twice`, 'give each column a name of its own');
}

/** Which columns a model's requests take, and as what. */
export interface RequestShape {
  /** Type of each column that names the entity. */
  readonly entities: Readonly<Record<string, string>>;
  /** Type of each request-time value. */
  readonly context: Readonly<Record<string, string>>;
}

/** The body of a prediction for a row; other columns of the file stay behind. */
export function requestOf(row: FileRow, shape: RequestShape): object {
  const entities = typed(row, shape.entities);
  const context = typed(row, shape.context);
  return { entities, ...(Object.keys(shape.context).length > 0 && { context }) };
}

/** How often a first request may be told what it lacks: join keys, their types, request-time values, and theirs. */
const MOST_LESSONS = 20;

/**
 * Learns from the platform's refusals which columns the model takes: a first request is asked again, better each time.
 *
 * @throws UsageError naming a column that the file lacks, ApiError when it is refused for another reason
 */
export async function learnShape(
  row: FileRow,
  url: URL,
  ask: (body: object) => Promise<OneAnswer>,
): Promise<RequestShape> {
  let shape: RequestShape = { entities: {}, context: {} };
  for (let lessons = 0; ; lessons++) {
    const answer = await ask(requestOf(row, shape));
    if (answer.status >= 200 && answer.status < 300) return shape;
    if (answer.status === 0) throw new CliError(`nothing answers at ${url.origin}`, 'check --url (or HEADGATE_URL)');
    const failure = apiFailure(answer.status, answer.body, url);
    const details = answer.status === 400 ? failure.error.details : {};
    const better = lessons < MOST_LESSONS ? betterShape(shape, details) : null;
    if (better === null) throw failure;
    assertHas(row, better);
    shape = better;
  }
}

/** Null when the refusal was about something else. */
function betterShape(shape: RequestShape, details: Readonly<Record<string, unknown>>): RequestShape | null {
  const { known, at, allowed, types } = details;
  if (Array.isArray(known)) {
    const entities = Object.fromEntries(known.map((name) => [String(name), 'string']));
    return isSame(entities, shape.entities) ? null : { ...shape, entities };
  }
  const key = /^entities\.(.+)$/.exec(String(at))?.[1];
  if (key !== undefined && typeof allowed === 'string' && shape.entities[key] !== allowed) {
    return { ...shape, entities: { ...shape.entities, [key]: allowed } };
  }
  if (typeof types !== 'object' || types === null) return null;
  const context = Object.fromEntries(Object.entries(types).map(([name, type]) => [name, String(type)]));
  return isSame(context, shape.context) ? null : { ...shape, context };
}

/** Columns of the file that no request takes: a slip of the pen, or nothing that the model is about. */
export function unsentColumns(row: FileRow, { entities, context }: RequestShape): readonly string[] {
  return Object.keys(row).filter((name) => !Object.hasOwn(entities, name) && !Object.hasOwn(context, name));
}

function assertHas(row: FileRow, { entities, context }: RequestShape): void {
  const lacking = [...Object.keys(entities), ...Object.keys(context)].filter((name) => !Object.hasOwn(row, name));
  if (lacking.length === 0) return;
  throw new UsageError(
    `the file lacks the column ${lacking.join(', ')}; it has ${Object.keys(row).join(', ')}`,
    'its columns are the join keys of the model, and its request-time values',
  );
}

function typed(row: FileRow, types: Readonly<Record<string, string>>): object {
  const values = Object.fromEntries(Object.keys(types).map((name) => [name, row[name] ?? '']));
  return typedValues(values, types) ?? values;
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
