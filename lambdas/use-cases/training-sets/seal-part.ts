import type { TrainingSetDraft, TrainingSetFile } from '../../../contracts/training-set-flow.ts';
import { canonicalJson, sha256Hex } from '../../../core/canonical-json.ts';
import type { Value } from '../../../core/definitions/value-type.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import { ROW_ID, ROW_PART } from '../../../core/training-set/row-slots.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ParquetColumn, ParquetFiles } from '../../ports/parquet-files.ts';
import { columnOf, plainValue } from '../tables/column-values.ts';
import { type RowsBelowDeps, rowsBelow } from '../tables/rows-below.ts';
import { joinPrefix, scratchKey } from './stored-training-set.ts';
import { entityRowsKey } from './write-entity-rows.ts';

export interface SealPartDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'put'>;
  readonly parquet: ParquetFiles;
  readonly offlineBucket: string;
}

/** A part of a training set before the whole of it has a name. */
export interface SealedPart {
  readonly file: TrainingSetFile;
  /** Rows without a value, by feature column. */
  readonly nulls: Readonly<Record<string, number>>;
}

function partName(part: number): string {
  return `part-${String(part).padStart(5, '0')}.parquet`;
}

/**
 * Puts the features that the join found beside the rows of one part of the entity table, in their order, and writes
 * the part with its facts to the scratch of the execution. The same part again is the same bytes.
 *
 * Memory: the part, `PART_ROWS` rows at most.
 *
 * @throws CorruptDataError when the join has not answered for every row once
 */
export async function sealPart(
  deps: SealPartDeps,
  joinId: string,
  draft: TrainingSetDraft,
  part: number,
): Promise<void> {
  const { objects, parquet, offlineBucket: bucket } = deps;
  const { entities, features } = draft;
  const own = await rowsOf(deps, entityRowsKey(entities.entityTableId, part));
  const ids = own.get(ROW_ID) ?? [];
  const rows = ids.length;
  const found = await joinedFeatures(deps, joinId, draft, part, ids);
  const columns: ParquetColumn[] = [
    ...entities.columns.map(({ name, type, slot }) => {
      const values = own.get(slot);
      if (values === undefined) throw new CorruptDataError(`part ${part} of the entity table has no column ${slot}`);
      return { name, type, values, isInstant: type === 'timestamp' };
    }),
    ...features.map(({ column, type }, i) => ({
      name: column,
      type,
      values: found[i]!,
      isInstant: type === 'timestamp',
    })),
  ];
  const body = parquet.write(columns);
  const name = partName(part);
  const sealed: SealedPart = {
    file: { name, sha256: sha256Hex(body), sizeBytes: body.length, rows },
    nulls: Object.fromEntries(features.map(({ column }, i) => [column, nullsOf(found[i]!)])),
  };
  await objects.put({ bucket, key: scratchKey(joinId, name) }, body, 'application/vnd.apache.parquet');
  const facts = new TextEncoder().encode(canonicalJson(sealed));
  await objects.put({ bucket, key: scratchKey(joinId, `${name}.json`) }, facts, 'application/json');
}

/** The facts of every part, in order. @throws BugError when one was not sealed */
export async function sealedParts(deps: SealPartDeps, joinId: string, parts: number): Promise<readonly SealedPart[]> {
  return Promise.all(
    Array.from({ length: parts }, async (_, part) => {
      const key = scratchKey(joinId, `${partName(part)}.json`);
      const bytes = await deps.objects.get({ bucket: deps.offlineBucket, key });
      return JSON.parse(new TextDecoder().decode(bytes)) as SealedPart; // written by sealPart alone
    }),
  );
}

async function rowsOf(deps: SealPartDeps, key: string): Promise<ReadonlyMap<string, readonly Value[]>> {
  const file = await deps.parquet.open(await deps.objects.get({ bucket: deps.offlineBucket, key }));
  const columns = new Map(file.columns.map((name) => [name, new Array<Value>(file.rows).fill(null)]));
  for await (const batch of file.batches()) {
    for (const [name, into] of columns) {
      const values = columnOf(batch, name, key);
      for (let row = 0; row < batch.rows; row++) into[batch.firstRow + row] = plainValue(values[row]);
    }
  }
  return columns;
}

/** Values of each feature, in order of the part's rows; the join wrote them in any order and number of files. */
export async function joinedFeatures(
  deps: RowsBelowDeps,
  joinId: string,
  { features }: { readonly features: readonly { readonly column: string }[] },
  part: number,
  ids: readonly Value[],
): Promise<readonly (readonly Value[])[]> {
  const [rows, firstId] = [ids.length, Number(ids[0])];
  const prefix = `${joinPrefix(joinId)}${ROW_PART}=${part}/`;
  const into = features.map(() => new Array<Value>(rows).fill(null));
  const seen = new Uint8Array(rows);
  let answered = 0;
  for await (const batch of rowsBelow(deps, prefix)) {
    const places = columnOf(batch, ROW_ID, batch.key).map((id) => Number(id) - firstId);
    for (const place of places) {
      if (!(place >= 0 && place < rows) || seen[place] === 1) {
        throw new CorruptDataError(`row ${place} of ${rows} is out of range or occurs twice below ${prefix}`, {
          prefix,
        });
      }
      seen[place] = 1;
      answered++;
    }
    features.forEach(({ column }, i) => {
      const values = columnOf(batch, column, batch.key);
      for (let row = 0; row < batch.rows; row++) into[i]![places[row]!] = plainValue(values[row]);
    });
  }
  if (answered === rows) return into;
  throw new CorruptDataError(`the join answered for ${answered} of ${rows} rows below ${prefix}`, { prefix, rows });
}

function nullsOf(values: readonly Value[]): number {
  return values.reduce<number>((count, value) => (value === null ? count + 1 : count), 0);
}
