import type { SkewAuditScope, SkewJoinPlan, SkewStepRequest } from '../../../contracts/skew-audit.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { BugError } from '../../../core/errors.ts';
import { viewTable } from '../../../core/offline/table-layout.ts';
import { planServing } from '../../../core/serving/serving-plan.ts';
import { auditInstants } from '../../../core/skew/audit-instants.ts';
import { storedFeatures } from '../../../core/skew/rebuild-vector.ts';
import { trainingSetSql } from '../../../core/sql/training-set-sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import { type EntityColumn, entityColumns } from '../../../core/training-set/entity-columns.ts';
import { ROW_PART } from '../../../core/training-set/row-slots.ts';
import type { WantedFeatures } from '../../../core/training-set/wanted-features.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { RawRow } from '../../ports/row-reader.ts';
import type { RowsBelowDeps } from '../tables/rows-below.ts';
import { joinPrefix } from '../training-sets/stored-training-set.ts';
import { writeEntityRows } from '../training-sets/write-entity-rows.ts';
import { type SampledPrediction, sampledPredictions } from './sampled-predictions.ts';

export interface PrepareSkewJoinDeps extends RowsBelowDeps, QueryPlace {
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'put'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
}

const TIME = 'at';

/** Writes an entity table with every sampled prediction at each instant it is rebuilt at, and plans the join to it. */
export async function prepareSkewJoin(deps: PrepareSkewJoinDeps, { scope }: SkewStepRequest): Promise<SkewJoinPlan> {
  const sample = await sampledPredictions(deps, scope);
  if (sample.length === 0) {
    const [from, to] = [scope.fromMs, scope.toMs].map((ms) => new Date(ms).toISOString());
    const because = `release ${scope.releaseId} answered no prediction about an entity from ${from} to ${to} that is in the log yet`;
    return { action: 'nothing', model: scope.model, because };
  }
  const manifest = await deps.releases.manifest(scope.releaseId);
  const wanted = storedFeatures(manifest, planServing(scope.releaseId, manifest));
  const rows = entityRows(sample, wanted);
  const columns = columnsOf(wanted);
  const file = { sha256: digestOf(rows), format: 'parquet' as const, csv: { delimiter: ',', nulls: [] } };
  const table = { open: async () => ({ batches: () => batchOf(rows), ignoredColumns: () => [] }) };
  const { entityTableId, oldestMs, newestMs } = await writeEntityRows(deps, table, file, columns);
  const spine = { database: deps.database, entityTableId, columns, firstTimeMs: oldestMs, lastTimeMs: newestMs };
  const statement = trainingSetSql(spine, wanted, (as) => snapshotOf(deps, scope, wanted, as));
  const query = unloadQuery(deps, statement, joinPrefix(scope.auditId), 'the skew audit', ROW_PART);
  return { action: 'join', sampled: sample.length, query };
}

/** One row for each prediction and instant: the instant, then the keys of the views in the order of `wanted.keys`. */
function entityRows(sample: readonly SampledPrediction[], { keys }: WantedFeatures): readonly RawRow[] {
  const cells = sample.flatMap((prediction) =>
    auditInstants(prediction).map(({ atMs }) => [
      new Date(atMs).toISOString(),
      ...keys.map(({ name }) => prediction.entities[name] ?? null),
    ]),
  );
  return cells.map((row, i) => ({ row: i + 1, cells: row }));
}

function columnsOf(wanted: WantedFeatures): readonly EntityColumn[] {
  const names = [TIME, ...wanted.keys.map(({ name }) => name)];
  const columns = entityColumns(names, { timestampColumn: TIME, mapping: {}, types: {} }, wanted);
  return columns.map((column) => {
    if (column.type === null) throw new BugError(`column ${column.name} of a skew audit has no type`);
    return { ...column, type: column.type };
  });
}

async function* batchOf(rows: readonly RawRow[]): AsyncIterable<readonly RawRow[]> {
  yield rows;
}

function snapshotOf({ database }: QueryPlace, scope: SkewAuditScope, { views }: WantedFeatures, as: string) {
  const resolved = views.find((view) => view.as === as)?.resolved;
  const table = resolved === undefined ? as : viewTable(resolved.view.name, resolved.version);
  const watermarkMs = scope.watermarks[table];
  if (watermarkMs === undefined) throw new BugError(`the audit of model ${scope.model} has no watermark for ${table}`);
  return { database, table, watermarkMs };
}
