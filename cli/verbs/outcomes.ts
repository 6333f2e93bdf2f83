import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { RecordOutcomesResponse } from '../../contracts/api/outcomes.ts';
import { CliError, UsageError } from '../cli-error.ts';
import { plural } from '../terminal/plain-words.ts';
import type { VerbContext } from './verb-context.ts';

/** The API takes so many in one request. */
const BATCH = 500;

interface OutcomeLine {
  readonly predictionId: string;
  readonly value: number | boolean;
  readonly occurredAt: string;
}

export interface OutcomesResult {
  readonly counts: Readonly<Record<string, number>>;
  readonly unknownPredictions: readonly string[];
}

/**
 * Sends ground truth: JSON lines, a JSON array, or CSV with the header `predictionId,value,occurredAt`.
 *
 * @param source a file, or `-` for stdin
 */
export async function sendOutcomes(
  { api, terminal }: VerbContext,
  model: string,
  source: string,
): Promise<OutcomesResult> {
  const outcomes = parseOutcomes(source === '-' ? await text(process.stdin) : await fileText(source));
  const counts: Record<string, number> = {};
  const unknownPredictions: string[] = [];
  for (let i = 0; i < outcomes.length; i += BATCH) {
    terminal.progress(`sending outcomes: ${i} of ${outcomes.length}`);
    const batch = outcomes.slice(i, i + BATCH);
    const answer = await api.post<RecordOutcomesResponse>(`/v1/models/${encodeURIComponent(model)}/outcomes`, {
      outcomes: batch,
    });
    for (const [status, count] of Object.entries(answer.counts)) counts[status] = (counts[status] ?? 0) + count;
    unknownPredictions.push(
      ...answer.receipts.filter((one) => one.status === 'unknown-prediction').map((one) => one.predictionId),
    );
  }
  terminal.progressEnd();
  return { counts, unknownPredictions };
}

export function printOutcomes({ terminal }: VerbContext, result: OutcomesResult): void {
  terminal.json(result);
  for (const [status, count] of Object.entries(result.counts)) {
    terminal.print(`${plural(count, 'outcome')} ${status}`);
  }
  for (const id of result.unknownPredictions.slice(0, 5)) terminal.print(`  there is no prediction ${id}`);
}

/** @throws CliError naming the line that is no outcome */
function parseOutcomes(given: string): readonly OutcomeLine[] {
  const trimmed = given.trim();
  if (trimmed === '') throw new CliError('there are no outcomes in the input', SHAPE_HINT);
  if (trimmed.startsWith('['))
    return jsonValue(trimmed, 'the input', isArray).map((one, i) => outcomeOf(one, `element ${i + 1}`));
  const lines = trimmed.split(/\r?\n/);
  if (trimmed.startsWith('{')) {
    return lines
      .filter((line) => line.trim() !== '')
      .map((line, i) => outcomeOf(jsonValue(line, `line ${i + 1}`), `line ${i + 1}`));
  }
  const [header = '', ...rows] = lines;
  const names = header.split(',').map((name) => name.trim());
  return rows.map((row, i) => {
    const cells = row.split(',').map((cell) => cell.trim());
    const fields = Object.fromEntries(names.map((name, column) => [name, cells[column] ?? '']));
    return outcomeOf({ ...fields, value: valueOfCell(fields['value'] ?? '') }, `line ${i + 2}`);
  });
}

const SHAPE_HINT =
  'write lines such as {"predictionId":"…","value":true,"occurredAt":"2026-03-01T12:00:00Z"}, or CSV with the header predictionId,value,occurredAt';

function outcomeOf(given: unknown, where: string): OutcomeLine {
  const { predictionId, value, occurredAt } = (
    typeof given === 'object' && given !== null ? given : {}
  ) as Partial<OutcomeLine>;
  const isValue = typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
  if (typeof predictionId === 'string' && typeof occurredAt === 'string' && isValue)
    return { predictionId, value, occurredAt };
  throw new CliError(`${where} is not an outcome: ${(JSON.stringify(given) ?? '').slice(0, 120)}`, SHAPE_HINT);
}

function valueOfCell(cell: string): boolean | number {
  if (cell === 'true' || cell === 'false') return cell === 'true';
  return cell === '' ? Number.NaN : Number(cell);
}

function jsonValue(line: string, where: string): unknown;
function jsonValue<T>(line: string, where: string, check: (value: unknown) => value is T): T;
function jsonValue(line: string, where: string, check: (value: unknown) => boolean = () => true): unknown {
  try {
    const value: unknown = JSON.parse(line);
    if (check(value)) return value;
  } catch (error) {
    throw new CliError(`${where} is not JSON: ${error instanceof Error ? error.message : ''}`, SHAPE_HINT);
  }
  throw new CliError(`${where} is not a list of outcomes`, SHAPE_HINT);
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

async function fileText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'check the path, or write - for stdin',
    );
  }
}
