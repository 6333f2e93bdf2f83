import type { CommitMaterializationRequest, ComputePlan, OnlinePlan } from '../../../contracts/materialization-flow.ts';
import type { QualityReport } from '../../../contracts/quality.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import { isoInstant } from '../../../core/iso-instant.ts';
import { runPrefix } from '../../../core/offline/table-layout.ts';
import type { QueryPlace } from '../../../core/sql/unload-query.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ParquetFiles } from '../../ports/parquet-files.ts';
import type { RunFacts, TableLog } from '../../ports/table-log.ts';
import type { ViewVersions } from '../../ports/view-versions.ts';
import { liveVersion } from '../versions/live-version.ts';
import { planOnline } from './plan-online.ts';

export interface CommitMaterializationDeps extends QueryPlace {
  readonly versions: ViewVersions;
  readonly tables: TableLog;
  readonly objects: Pick<ObjectStore, 'list' | 'get'>;
  readonly parquet: ParquetFiles;
}

export interface CommittedMaterialization {
  readonly rows: number;
  /** ISO 8601; null when no row was written. */
  readonly oldestEventTime: string | null;
  readonly newestEventTime: string | null;
  /** ISO 8601: the newest tick that is covered; null when the run was a backfill of rows. */
  readonly materializedTo: string | null;
  /** Null when the view expects nothing. */
  readonly quality: QualityOfRun | null;
  readonly online: OnlinePlan;
}

/** What the expectations of the view said, for the report of the flow. */
export interface QualityOfRun extends Pick<QualityReport, 'outcome' | 'sourceRows' | 'setAsideRows'> {
  /** Failed expectations, each with its reason. */
  readonly broken: readonly string[];
}

/**
 * Makes the rows that were computed visible, all at once, and says what has to go online. Safe to repeat.
 *
 * @throws ConflictError when the run lost its table, or the version is no longer live
 */
export async function commitMaterialization(
  deps: CommitMaterializationDeps,
  { plan, quality }: CommitMaterializationRequest,
): Promise<CommittedMaterialization> {
  const { resolved } = await liveVersion(deps.versions, plan.view, plan.version);
  const written = await countRows(deps, plan);
  const report = {
    cause: plan.cause,
    fromMs: plan.fromMs,
    toMs: plan.toMs,
    sourceWatermarkMs: plan.sourceWatermarkMs,
    rows: written.rows,
    quality,
  };
  const volume = plan.comparedTicks === null ? null : written.rows / plan.comparedTicks;
  const judged = { volume, toMs: plan.judgedToMs };
  const facts = { ...written, materializedToMs: plan.materializedToMs, judged, report };
  await deps.tables.commit(plan.table, plan.runId, facts);
  const online = planOnline(deps, resolved, await deps.tables.head(plan.table), plan.runId);
  return {
    rows: written.rows,
    oldestEventTime: isoInstant(written.oldestEventTimeMs),
    newestEventTime: isoInstant(written.newestEventTimeMs),
    materializedTo: isoInstant(plan.materializedToMs),
    quality: quality === null ? null : qualityOf(quality),
    online,
  };
}

function qualityOf({ outcome, sourceRows, setAsideRows, expectations }: QualityReport): QualityOfRun {
  const broken = expectations.flatMap(({ name, outcome: verdict, because }) =>
    verdict === 'fail' && because !== null ? [`${name}: ${because}`] : [],
  );
  return { outcome, sourceRows, setAsideRows, broken };
}

async function countRows(
  deps: CommitMaterializationDeps,
  plan: ComputePlan,
): Promise<Pick<RunFacts, 'rows' | 'oldestEventTimeMs' | 'newestEventTimeMs'>> {
  const bucket = deps.offlineBucket;
  let rows = 0;
  let [oldest, newest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { key } of await deps.objects.list(bucket, runPrefix(plan.table, plan))) {
    const file = await deps.parquet.open(await deps.objects.get({ bucket, key }));
    rows += file.rows;
    for await (const batch of file.batches(['event_time_ms'])) {
      for (const value of batch.columns['event_time_ms'] ?? []) {
        if (typeof value !== 'bigint') {
          throw new CorruptDataError(
            `s3://${bucket}/${key} has an event time that is no whole number but a ${typeof value}`,
            { key },
          );
        }
        oldest = Math.min(oldest, Number(value));
        newest = Math.max(newest, Number(value));
      }
    }
  }
  return {
    rows,
    oldestEventTimeMs: rows === 0 ? null : oldest,
    newestEventTimeMs: rows === 0 ? null : newest,
  };
}
