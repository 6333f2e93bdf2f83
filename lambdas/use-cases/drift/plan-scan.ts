import type { DriftScanPlan, DriftScanRequest, ScanScope } from '../../../contracts/drift-scan.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { HOUR_MS } from '../../../core/clock.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { championSince } from '../../../core/rollout/champion-since.ts';
import { MAX_REQUEST_BYTES, requestBytes } from '../../../core/sql/unload-query.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import { type PlanHealthDeps, planHealth } from '../health/plan-health.ts';
import { type PlanPerformanceDeps, planPerformance } from '../performance/plan-performance.ts';
import { type PlanColumnsDeps, planColumns } from './plan-columns.ts';

export interface PlanScanDeps extends PlanColumnsDeps, PlanPerformanceDeps, PlanHealthDeps {
  readonly registry: Pick<ModelRegistry, 'model' | 'releases' | 'rollouts'>;
  readonly definitions: Definitions;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/**
 * Fixes what a scan looks at, and makes the queries that count it. Reads only.
 *
 * @throws NotFoundError for a model that is not deployed, InvalidInputError when the queries are too much text together
 */
export async function planScan(deps: PlanScanDeps, ask: DriftScanRequest): Promise<DriftScanPlan> {
  const { model, cause, actor } = ask;
  const nothing = (because: string): DriftScanPlan => {
    // somebody looked: alarms on silence count that, whatever the number
    deps.metrics.put({
      dimensions: { Model: model },
      dimensionSets: [['Model']],
      values: { DriftScans: 0 },
      unit: 'Count',
    });
    return { action: 'nothing', model, because };
  };
  const { route } = await deps.registry.model(model);
  const definition = deps.definitions.models.find(({ name }) => name === model);
  if (definition === undefined) return nothing(`model ${model} is defined no longer`);
  const { drift, performance } = definition.monitoring;
  if (drift === null && performance === null) {
    return nothing(`model ${model} looks neither for drift nor at performance`);
  }
  if (route.champion === null) return nothing(`model ${model} has no champion yet, so it has answered nothing`);
  const { releaseId } = route.champion;
  const atMs = Math.min(ask.toMs ?? Number.MAX_SAFE_INTEGER, deps.clock.now().getTime());
  const since = championSince(releaseId, await deps.registry.rollouts(model));
  const championSinceMs = since?.getTime() ?? 0;
  if (championSinceMs >= atMs) {
    return nothing(`release ${releaseId} became champion after ${new Date(atMs).toISOString()}`);
  }
  const scanId = digestOf({ flow: 'drift-scan', executionName: ask.executionName }).slice(0, 32);
  const scope: ScanScope = {
    scanId,
    model,
    releaseId,
    cause,
    actor,
    atMs,
    fromMs: atMs - (drift?.windowMs ?? HOUR_MS),
    championSinceMs,
    prefix: `drift-scan/${scanId}/`,
    definitionsSha256: digestOf(deps.definitions),
  };
  const parts = [planColumns(deps, scope), planPerformance(deps, scope), planHealth(deps, scope)];
  const queries = (await Promise.all(parts)).flat();
  const plan: DriftScanPlan = { action: 'count', scope, queries };
  const bytes = requestBytes(plan);
  if (bytes > MAX_REQUEST_BYTES) {
    const allowed = `at most ${MAX_REQUEST_BYTES} are allowed, so that a state machine can hand them on`;
    throw new InvalidInputError(`the queries of a drift scan of model ${model} have ${bytes} bytes; ${allowed}`, {
      model,
      bytes,
      maxBytes: MAX_REQUEST_BYTES,
    });
  }
  return plan;
}
