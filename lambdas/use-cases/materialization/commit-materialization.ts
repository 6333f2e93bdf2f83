import type { CommitMaterializationRequest, ComputePlan, OnlinePlan } from '../../../contracts/materialization-flow.ts';
import { type Definitions, type ResolvedView, resolveView } from '../../../core/definitions/definitions.ts';
import { ConflictError, CorruptDataError } from '../../../core/errors.ts';
import { isoInstant } from '../../../core/iso-instant.ts';
import { runPrefix } from '../../../core/offline/table-layout.ts';
import type { QueryPlace } from '../../../core/sql/unload-query.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ParquetFiles } from '../../ports/parquet-files.ts';
import type { RunFacts, TableLog } from '../../ports/table-log.ts';
import { planOnline } from './plan-online.ts';

export interface CommitMaterializationDeps extends QueryPlace {
  readonly definitions: Definitions;
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
  readonly online: OnlinePlan;
}

/**
 * Makes the rows that were computed visible, all at once, and says what has to go online. Safe to repeat.
 *
 * @throws ConflictError when the run lost its table, or the view's definition has changed since it was planned
 */
export async function commitMaterialization(
  deps: CommitMaterializationDeps,
  { plan }: CommitMaterializationRequest,
): Promise<CommittedMaterialization> {
  const resolved = sameVersion(deps.definitions, plan);
  const written = await countRows(deps, plan);
  const report = {
    cause: plan.cause,
    fromMs: plan.fromMs,
    toMs: plan.toMs,
    sourceWatermarkMs: plan.sourceWatermarkMs,
    rows: written.rows,
  };
  await deps.tables.commit(plan.table, plan.runId, { ...written, materializedToMs: plan.materializedToMs, report });
  const online = planOnline(deps, resolved, await deps.tables.head(plan.table), plan.runId);
  return {
    rows: written.rows,
    oldestEventTime: isoInstant(written.oldestEventTimeMs),
    newestEventTime: isoInstant(written.newestEventTimeMs),
    materializedTo: isoInstant(plan.materializedToMs),
    online,
  };
}

/** A deployment while a run is under way can change what the run's table is. */
export function sameVersion(definitions: Definitions, planned: { view: string; version: string }): ResolvedView {
  const resolved = resolveView(definitions, planned.view);
  if (resolved.version === planned.version) return resolved;
  throw new ConflictError(
    `view ${planned.view} was planned in version ${planned.version} and is now ${resolved.version}; materialize it again`,
    { view: planned.view, planned: planned.version, now: resolved.version },
  );
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
            `s3://${bucket}/${key} has an event time that is no whole number: ${String(value)}`,
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
