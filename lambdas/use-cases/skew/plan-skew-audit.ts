import type { SkewAuditPlan, SkewAuditRequest } from '../../../contracts/skew-audit.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { DAY_MS } from '../../../core/clock.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { isAggregated } from '../../../core/definitions/feature-view.ts';
import { isoInstant } from '../../../core/iso-instant.ts';
import { sourceTable, viewTable } from '../../../core/offline/table-layout.ts';
import { sampledPredictionsSql } from '../../../core/sql/sampled-predictions-sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import type { TableHead, TableLog } from '../../ports/table-log.ts';

export interface PlanSkewAuditDeps extends QueryPlace {
  readonly registry: Pick<ModelRegistry, 'model'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly tables: Pick<TableLog, 'head'>;
  readonly clock: Clock;
}

interface ViewHeads {
  readonly resolved: ResolvedView;
  readonly view: TableHead;
  readonly source: TableHead;
}

/**
 * Fixes what an audit looks at: predictions that the model's champion answered, and how much of the views they were
 * read from. Reads only.
 *
 * @throws NotFoundError for a model that is not deployed
 */
export async function planSkewAudit(deps: PlanSkewAuditDeps, ask: SkewAuditRequest): Promise<SkewAuditPlan> {
  const nothing = (because: string): SkewAuditPlan => ({ action: 'nothing', model: ask.model, because });
  const { route } = await deps.registry.model(ask.model);
  if (route.champion === null) return nothing(`model ${ask.model} has no champion yet, so it has answered nothing`);
  const { releaseId } = route.champion;
  const { featureViews } = await deps.releases.manifest(releaseId);
  const heads = await Promise.all(
    featureViews.map(
      async (resolved): Promise<ViewHeads> => ({
        resolved,
        view: await deps.tables.head(viewTable(resolved.view.name, resolved.version)),
        source: await deps.tables.head(sourceTable(resolved.source.name)),
      }),
    ),
  );
  const toMs = Math.min(ask.toMs ?? Number.MAX_SAFE_INTEGER, completeToMs(heads, deps.clock.now().getTime()));
  const fromMs = ask.fromMs ?? toMs - DAY_MS;
  if (fromMs > toMs) {
    return nothing(
      `the offline store is complete up to ${isoInstant(toMs)}, before the audit's beginning ${isoInstant(fromMs)}`,
    );
  }
  const auditId = digestOf({ flow: 'skew-audit', executionName: ask.executionName }).slice(0, 32);
  const samplePrefix = `skew-audit/${auditId}/sample/`;
  const statement = sampledPredictionsSql({
    database: deps.database,
    model: ask.model,
    releaseId,
    fromMs,
    toMs,
    size: ask.sampleSize,
  });
  return {
    action: 'sample',
    scope: {
      auditId,
      model: ask.model,
      releaseId,
      cause: ask.cause,
      fromMs,
      toMs,
      watermarks: Object.fromEntries(heads.map(({ view }) => [view.table, view.watermarkMs])),
      samplePrefix,
    },
    query: unloadQuery(deps, statement, samplePrefix, `the sampled predictions of model ${ask.model}`),
  };
}

/**
 * Up to when the views' tables hold everything that serving could read. A scheduled aggregate is served from its table;
 * what changes with single events is served at once and written to its table by the next materialization.
 */
function completeToMs(heads: readonly ViewHeads[], nowMs: number): number {
  const limits = heads.flatMap(({ resolved, view, source }) => {
    const materializedToMs = view.materializedToMs ?? 0;
    if (resolved.view.stream !== null) return [materializedToMs];
    const isBehind = !isAggregated(resolved.view) && source.watermarkMs > materializedToMs;
    return isBehind ? [materializedToMs] : [];
  });
  return Math.min(nowMs, ...limits);
}
