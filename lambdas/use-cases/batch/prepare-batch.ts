import type { FileFormat } from '../../../contracts/api/ingestions.ts';
import type { BatchJoin, BatchScope, PrepareBatchRequest } from '../../../contracts/batch-prediction.ts';
import type { NothingToDo } from '../../../contracts/nothing-to-do.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { BugError } from '../../../core/errors.ts';
import { FileRejectedError } from '../../../core/ingestion/file-rejected-error.ts';
import { viewTable } from '../../../core/offline/table-layout.ts';
import { trainingSetSql } from '../../../core/sql/training-set-sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import type { EntityColumn } from '../../../core/training-set/entity-columns.ts';
import { ROW_PART } from '../../../core/training-set/row-slots.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ParquetFiles } from '../../ports/parquet-files.ts';
import type { RawRow, RowReader } from '../../ports/row-reader.ts';
import { plainValue } from '../tables/column-values.ts';
import { rowsBelow } from '../tables/rows-below.ts';
import { entityTable } from '../training-sets/entity-table.ts';
import { joinPrefix } from '../training-sets/stored-training-set.ts';
import { writeEntityRows } from '../training-sets/write-entity-rows.ts';
import { foundEntitiesPrefix } from './batch-places.ts';
import { type BatchSubject, batchSubject } from './batch-subject.ts';

export interface PrepareBatchDeps extends QueryPlace {
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'put'>;
  readonly parquet: ParquetFiles;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly readers: Readonly<Record<FileFormat, RowReader>>;
  /** @default PART_ROWS of an entity table */
  readonly partRows?: number;
}

/**
 * Writes the entities, found or given, as the join reads them, and plans the join with the release's own versions of its
 * views. Written twice they are the same files.
 *
 * @throws FileRejectedError when the file cannot be read, lacks a column, or names no entity in some row
 */
export async function prepareBatch(
  deps: PrepareBatchDeps,
  { scope }: PrepareBatchRequest,
): Promise<BatchJoin | NothingToDo> {
  const subject = await batchSubject(deps.releases, scope.releaseId);
  const { model } = scope;
  const batches = scope.entities === null ? foundRows(deps, scope, subject) : await givenRows(deps, scope, subject);
  const rows = await peeked(batches);
  if (rows === null && scope.entities !== null) {
    const { sha256 } = scope.entities;
    throw new FileRejectedError('the file of entities has no rows; write one for each entity to ask about', { sha256 });
  }
  if (rows === null) {
    const at = new Date(scope.asOfMs).toISOString();
    return { action: 'nothing', model, because: `no feature view of model ${model} knew an entity at ${at}` };
  }
  const file = { sha256: digestOf(scope), format: 'parquet' as const, csv: { delimiter: ',', nulls: [] } };
  const table = { open: async () => ({ batches: () => rows, ignoredColumns: () => [] }) };
  const written = await writeEntityRows(deps, table, file, subject.columns);
  const { entityTableId, oldestMs, newestMs } = written;
  const spine = {
    database: deps.database,
    entityTableId,
    columns: subject.columns,
    firstTimeMs: oldestMs,
    lastTimeMs: newestMs,
  };
  const statement = trainingSetSql(spine, subject.stored, (as) => snapshotOf(deps, scope, subject, as));
  const query = unloadQuery(deps, statement, joinPrefix(scope.batchId), `the batch prediction of ${model}`, ROW_PART);
  return { action: 'join', entityTableId, rows: written.rows, parts: written.parts, query };
}

type Rows = AsyncIterable<readonly RawRow[]>;

async function* foundRows(deps: PrepareBatchDeps, scope: BatchScope, { columns }: BatchSubject): Rows {
  const instant = new Date(scope.asOfMs).toISOString();
  const keys = columns.slice(1).map(({ name }) => name);
  let row = 0;
  for await (const batch of rowsBelow(deps, foundEntitiesPrefix(scope.batchId))) {
    yield Array.from({ length: batch.rows }, (_, i) => ({
      row: ++row,
      cells: [instant, ...keys.map((key) => plainValue(batch.cell(i, key)))],
    }));
  }
}

/** The file's rows with the columns that are needed alone, each at the instant of the run. */
async function givenRows(deps: PrepareBatchDeps, scope: BatchScope, { columns }: BatchSubject): Promise<Rows> {
  if (scope.entities === null) throw new BugError('a batch prediction was given no file');
  const file = await entityTable(deps.objects, deps.offlineBucket, deps.readers, scope.entities);
  const there = await file.columns();
  const wanted = columns.slice(1);
  const absent = wanted.filter(({ name }) => !there.includes(name));
  if (absent.length > 0) {
    const list = absent.map(
      ({ name, type, role }) => `${name} (${type}, ${role === 'key' ? 'join key' : 'of a request'})`,
    );
    throw new FileRejectedError(`the file of entities lacks ${list.join('; ')}. Its columns are ${there.join(', ')}`, {
      absent: absent.map(({ name }) => name),
      columns: there,
    });
  }
  const rows = await file.open(wanted);
  return atInstant(rows.batches(), wanted, new Date(scope.asOfMs).toISOString());
}

async function* atInstant(batches: Rows, wanted: readonly EntityColumn[], instant: string): Rows {
  for await (const batch of batches) {
    yield batch.map((raw): RawRow => {
      if ('problem' in raw) return raw;
      const unnamed = wanted.find(({ role }, i) => role === 'key' && (raw.cells[i] ?? '') === '');
      if (unnamed !== undefined) return { row: raw.row, problem: `${unnamed.name}: a join key is missing`, text: '' };
      return { row: raw.row, cells: [instant, ...raw.cells] };
    });
  }
}

/** The same rows again, or null when there are none. */
async function peeked(batches: Rows): Promise<Rows | null> {
  const iterator = batches[Symbol.asyncIterator]();
  let first = await iterator.next();
  while (first.done !== true && first.value.length === 0) first = await iterator.next();
  if (first.done === true) return null;
  const head = first.value;
  return (async function* () {
    yield head;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  })();
}

function snapshotOf({ database }: QueryPlace, scope: BatchScope, { stored, plan }: BatchSubject, as: string) {
  const resolved = stored.views.find((view) => view.as === as)?.resolved;
  const table = resolved === undefined ? as : viewTable(resolved.view.name, resolved.version);
  const watermarkMs = scope.watermarks[table];
  if (watermarkMs === undefined)
    throw new BugError(`the batch prediction of ${plan.model} has no watermark for ${table}`);
  return { database, table, watermarkMs };
}
