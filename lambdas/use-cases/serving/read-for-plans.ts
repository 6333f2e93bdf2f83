import type { Route } from '../../../core/release/route.ts';
import type { FeatureCache } from '../../../core/serving/feature-cache.ts';
import type { ServingPlan } from '../../../core/serving/serving-plan.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { OnlineItem, OnlineKey, OnlineStore } from '../../ports/online-store.ts';

export interface ReadForPlansDeps {
  readonly online: Pick<OnlineStore, 'read'>;
  readonly cache: FeatureCache<OnlineItem>;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

export interface PlannedRead {
  readonly plan: ServingPlan;
  /** One for each view of the plan, see `keysOf`; none for a request that brings its features. */
  readonly keys: readonly OnlineKey[];
}

export interface ItemsRead {
  /** One for each key. */
  readonly items: readonly (OnlineItem | null)[];
  /** When the items were read: now, or before when they were kept. */
  readonly readAtMs: number;
}

/**
 * The one read of a request: what each of the plans needs of the entities, and the model's route as it is now. Items
 * that a plan lets be used again, and that were read for it not long ago, are not read.
 *
 * @param reads of whoever is to answer first; its use of the cache is counted
 */
export async function readForPlans(
  deps: ReadForPlansDeps,
  model: string,
  reads: readonly PlannedRead[],
): Promise<{ readonly route: Route | null; readonly read: readonly ItemsRead[] }> {
  const { online, cache, clock } = deps;
  const ids = reads.map(({ plan, keys }) =>
    plan.featureCacheMs === null || keys.length === 0 ? null : cacheKeyOf(plan, keys),
  );
  const kept = ids.map((id) => (id === null ? null : cache.find(id, clock.now().getTime())));
  const wanted = reads.flatMap(({ keys }, i) => (kept[i] === null ? keys : []));
  const { items, routes } = await online.read(wanted, [model]);
  if (ids[0] != null) countRead(deps, model, kept[0] !== null);
  const readAtMs = clock.now().getTime();
  let from = 0;
  const read = reads.map(({ plan, keys }, i): ItemsRead => {
    const before = kept[i];
    if (before != null) return before;
    const id = ids[i];
    const now = { items: items.slice(from, from + keys.length), readAtMs };
    from += keys.length;
    if (id != null && plan.featureCacheMs !== null) cache.keep(id, now, plan.views, plan.featureCacheMs);
    return now;
  });
  return { route: routes[0] ?? null, read };
}

/** The views of a release are in one order, so that their keys alone tell entities apart. */
function cacheKeyOf({ releaseId }: ServingPlan, keys: readonly OnlineKey[]): string {
  return JSON.stringify([releaseId, ...keys.map(({ key }) => key)]);
}

function countRead({ metrics }: ReadForPlansDeps, model: string, isHit: boolean): void {
  metrics.put({
    dimensions: { Model: model },
    dimensionSets: [['Model']],
    values: { FeatureCacheHits: isHit ? 1 : 0, FeatureCacheMisses: isHit ? 0 : 1 },
    unit: 'Count',
  });
}
