import type { Route } from '../../../core/release/route.ts';
import type { FeatureCache } from '../../../core/serving/feature-cache.ts';
import type { ServingPlan } from '../../../core/serving/serving-plan.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { OnlineItem, OnlineKey, OnlineStore } from '../../ports/online-store.ts';

export interface ReadForPlanDeps {
  readonly online: Pick<OnlineStore, 'read'>;
  readonly cache: FeatureCache<OnlineItem>;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

export interface PlanRead {
  /** Always as it is now. */
  readonly route: Route | null;
  /** One for each view of the plan. */
  readonly items: readonly (OnlineItem | null)[];
  /** When the items were read: now, or before when they were kept. */
  readonly readAtMs: number;
}

/**
 * The one read of a request: the items of one entity and the model's route, or the route alone when the plan lets items
 * be used again and they were read not long ago.
 *
 * @param keys one for each view of the plan; none for a request that brings its features
 */
export async function readForPlan(
  deps: ReadForPlanDeps,
  plan: ServingPlan,
  keys: readonly OnlineKey[],
): Promise<PlanRead> {
  const { online, cache, clock } = deps;
  const id = plan.featureCacheMs === null || keys.length === 0 ? null : cacheKeyOf(plan, keys);
  const kept = id === null ? null : cache.find(id, clock.now().getTime());
  const { items, routes } = await online.read(kept === null ? keys : [], [plan.model]);
  const route = routes[0] ?? null;
  if (id !== null) countRead(deps, plan, kept !== null);
  if (kept !== null) return { route, items: kept.items, readAtMs: kept.readAtMs };
  const read = { items, readAtMs: clock.now().getTime() };
  if (id !== null && plan.featureCacheMs !== null) cache.keep(id, read, plan.views, plan.featureCacheMs);
  return { route, ...read };
}

/** The views of a release are in one order, so that their keys alone tell entities apart. */
function cacheKeyOf({ releaseId }: ServingPlan, keys: readonly OnlineKey[]): string {
  return JSON.stringify([releaseId, ...keys.map(({ key }) => key)]);
}

function countRead({ metrics }: ReadForPlanDeps, { model }: ServingPlan, isHit: boolean): void {
  metrics.put({
    dimensions: { Model: model },
    dimensionSets: [['Model']],
    values: { FeatureCacheHits: isHit ? 1 : 0, FeatureCacheMisses: isHit ? 0 : 1 },
    unit: 'Count',
  });
}
