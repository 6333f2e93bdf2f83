import type { BatchPredictionPlan, BatchPredictionTask, BatchScope } from '../../../contracts/batch-prediction.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { CLOCK_TOLERANCE_MS } from '../../../core/ingestion/check-row.ts';
import { viewTable } from '../../../core/offline/table-layout.ts';
import { batchEntitiesSql } from '../../../core/sql/batch-entities-sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { TableLog } from '../../ports/table-log.ts';
import { foundEntitiesPrefix } from './batch-places.ts';
import { assertAnswerable, championSubject, type SubjectDeps, wholeKeyViews } from './batch-subject.ts';

export interface PlanBatchDeps extends QueryPlace, SubjectDeps {
  readonly tables: Pick<TableLog, 'head'>;
  readonly clock: Clock;
}

/**
 * Fixes what a batch prediction asks: the champion, the instant, and how much of its views is seen. Reads only.
 *
 * @throws InvalidInputError for a model that cannot be asked without a file of entities, or an instant to come
 */
export async function planBatch(deps: PlanBatchDeps, task: BatchPredictionTask): Promise<BatchPredictionPlan> {
  const nowMs = deps.clock.now().getTime();
  const { model, asOfMs = nowMs, entities = null } = task;
  if (asOfMs > nowMs + CLOCK_TOLERANCE_MS) {
    throw new InvalidInputError(`asOf lies in the future: ${new Date(asOfMs).toISOString()}`, { asOfMs });
  }
  const { route } = await deps.registry.model(model);
  if (route.champion === null) {
    return { action: 'nothing', model, because: `model ${model} has no champion yet, so nobody can be asked` };
  }
  const subject = await championSubject(deps, model);
  assertAnswerable(subject, entities !== null);
  const { manifest, plan, releaseId } = subject;
  const heads = await Promise.all(
    manifest.featureViews.map(({ view, version }) => deps.tables.head(viewTable(view.name, version))),
  );
  const maxAgeMs = plan.precomputedMaxAgeMs;
  const scope: BatchScope = {
    batchId: digestOf({ flow: 'batch-predict', executionName: task.executionName }).slice(0, 32),
    model,
    releaseId,
    asOfMs,
    startedAt: new Date(nowMs).toISOString(),
    entities,
    watermarks: Object.fromEntries(heads.map(({ table, watermarkMs }) => [table, watermarkMs])),
    publishes: maxAgeMs !== null && asOfMs + maxAgeMs > nowMs,
    cause: task.cause,
    actor: task.actor,
  };
  if (entities !== null) return { action: 'given', scope };
  const views = wholeKeyViews(subject).map((resolved) => {
    const table = viewTable(resolved.view.name, resolved.version);
    return { resolved, table: { database: deps.database, table, watermarkMs: scope.watermarks[table]! } }; // just read
  });
  const keys = plan.joinKeys.map(({ name }) => name);
  const statement = batchEntitiesSql(views, keys, asOfMs);
  const query = unloadQuery(deps, statement, foundEntitiesPrefix(scope.batchId), `the entities of model ${model}`);
  return { action: 'find', scope, query };
}
