import type { BatchPartsRequest } from '../../../contracts/batch-prediction.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { MINUTE_MS } from '../../../core/clock.ts';
import type { Value } from '../../../core/definitions/value-type.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import type { EntityColumn } from '../../../core/training-set/entity-columns.ts';
import { ROW_ID } from '../../../core/training-set/row-slots.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ParquetFiles } from '../../ports/parquet-files.ts';
import { columnOf, plainValue } from '../tables/column-values.ts';
import { encodedRows } from '../training/encoded-rows.ts';
import { entityRowsKey } from '../training-sets/write-entity-rows.ts';
import { inputName, inputPrefix, outputPrefix, partFactsKey } from './batch-places.ts';

/** Leaves the longest part time to be finished before the function is stopped. */
const BUDGET_MS = 8 * MINUTE_MS;

export interface BatchPartDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'put'>;
  readonly parquet: ParquetFiles;
  readonly clock: Clock;
  readonly offlineBucket: string;
  readonly artifactBucket: string;
}

/** What encoding leaves of a part. */
export interface EncodedPart {
  readonly rows: number;
  /** Places of the rows that are not asked about, ascending. */
  readonly refused: readonly number[];
  /** Rows in each of the part's input files. */
  readonly files: readonly number[];
}

/** Does the parts from the cursor on, one after the other, until all are done or the time is nearly up. */
export async function eachPart(
  { clock }: Pick<BatchPartDeps, 'clock'>,
  { cursor, join: { parts } }: BatchPartsRequest,
  work: (part: number) => Promise<void>,
): Promise<{ readonly done: boolean; readonly cursor: number; readonly parts: number }> {
  const untilMs = clock.now().getTime() + BUDGET_MS;
  for (let part = cursor; part < parts; part++) {
    if (clock.now().getTime() >= untilMs) return { done: false, cursor: part, parts };
    await work(part);
  }
  return { done: true, cursor: parts, parts };
}

/** The entities of a part: their ids in the join, and the values of each column by its name. */
export async function entityRows(
  { objects, parquet, offlineBucket: bucket }: BatchPartDeps,
  { join }: BatchPartsRequest,
  columns: readonly EntityColumn[],
  part: number,
): Promise<{ readonly ids: readonly Value[]; readonly values: ReadonlyMap<string, readonly Value[]> }> {
  const key = entityRowsKey(join.entityTableId, part);
  const file = await parquet.open(await objects.get({ bucket, key }));
  const slots = [ROW_ID, ...columns.map(({ slot }) => slot)];
  const found = slots.map((): Value[] => []);
  for await (const batch of file.batches(slots)) {
    slots.forEach((slot, i) => {
      for (const value of columnOf(batch, slot, key)) found[i]!.push(plainValue(value));
    });
  }
  const [ids = [], ...values] = found;
  return { ids, values: new Map(columns.map(({ name }, i) => [name, values[i]!])) };
}

export async function keepFacts(
  { objects, offlineBucket: bucket }: BatchPartDeps,
  key: string,
  facts: object,
): Promise<void> {
  await objects.put({ bucket, key }, new TextEncoder().encode(canonicalJson(facts)), 'application/json');
}

export async function encodedPart(deps: BatchPartDeps, batchId: string, part: number): Promise<EncodedPart> {
  const key = partFactsKey(batchId, part, 'encoded');
  const bytes = await deps.objects.get({ bucket: deps.offlineBucket, key });
  return JSON.parse(new TextDecoder().decode(bytes)) as EncodedPart; // written by encodeBatch alone
}

/** The score of every row of a part in their order; null for those that were not asked about. */
export async function partScores(
  deps: BatchPartDeps,
  { scope }: BatchPartsRequest,
  part: number,
): Promise<readonly (number | null)[]> {
  const { rows, refused, files } = await encodedPart(deps, scope.batchId, part);
  const scores: (number | null)[] = new Array(rows).fill(null);
  const isRefused = new Set(refused);
  let row = 0;
  for (const [file, asked] of files.entries()) {
    for (const score of await fileScores(deps, `${outputPrefix(scope)}${inputName(part, file)}.out`, asked)) {
      while (isRefused.has(row)) row++;
      scores[row++] = score;
    }
  }
  return scores;
}

/** The rows of a part as the model was asked about them; null for those that it was not. */
export async function partInputs(
  deps: BatchPartDeps,
  { scope }: BatchPartsRequest,
  part: number,
): Promise<(row: number) => readonly (number | null)[] | null> {
  const { rows, refused, files } = await encodedPart(deps, scope.batchId, part);
  const read = await Promise.all(
    files.map(async (_, file) => {
      const key = `${inputPrefix(scope)}${inputName(part, file)}`;
      return encodedRows(await deps.objects.get({ bucket: deps.artifactBucket, key }));
    }),
  );
  const places = new Int32Array(rows).fill(-1);
  const isRefused = new Set(refused);
  for (let row = 0, next = 0; row < rows; row++) if (!isRefused.has(row)) places[row] = next++;
  const starts = files.map((_, i) => files.slice(0, i).reduce((sum, count) => sum + count, 0));
  return (row) => {
    const place = places[row]!;
    if (place < 0) return null;
    const file = starts.findLastIndex((start) => start <= place);
    return read[file]!.row(place - starts[file]!);
  };
}

async function fileScores(deps: BatchPartDeps, key: string, asked: number): Promise<readonly number[]> {
  const bytes = await deps.objects.get({ bucket: deps.artifactBucket, key });
  const cells = new TextDecoder().decode(bytes).trim().split(/\s+/);
  const scores = cells.map((cell) => (cell === '' ? Number.NaN : Number(cell)));
  if (scores.length === asked && scores.every(Number.isFinite)) return scores;
  throw new CorruptDataError(`${key} does not hold one finite score for each of ${asked} rows`, { key, rows: asked });
}
