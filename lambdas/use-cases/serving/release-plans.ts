import { planServing, type ServingPlan } from '../../../core/serving/serving-plan.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';

const KEPT_PLANS = 400;
/** How long a release that could not be planned is not tried again. */
const RETRY_MS = 10_000;

/** The plans of releases, worked out once each; those planned first go when there are too many. */
export interface ReleasePlans {
  kept(releaseId: string): ServingPlan | undefined;
  /** @throws what the release store throws */
  load(releaseId: string): Promise<ServingPlan>;
  /**
   * The plan of a release that others can stand in for. When it cannot be made the error is answered, to everybody who asks
   * within the next seconds: the others would only wait for the same.
   */
  attempt(releaseId: string): Promise<ServingPlan | { readonly error: unknown }>;
}

export function releasePlans(deps: { readonly releases: ReleaseStore; readonly clock: Clock }): ReleasePlans {
  const plans = new Map<string, ServingPlan>();
  const failures = new Map<string, { readonly error: unknown; readonly untilMs: number }>();

  const load = async (releaseId: string): Promise<ServingPlan> => {
    const plan = planServing(releaseId, await deps.releases.manifest(releaseId));
    plans.set(releaseId, plan);
    for (const oldest of plans.keys()) if (plans.size > KEPT_PLANS) plans.delete(oldest);
    return plan;
  };

  return {
    kept: (releaseId) => plans.get(releaseId),
    load,
    async attempt(releaseId) {
      const nowMs = deps.clock.now().getTime();
      const failure = failures.get(releaseId);
      if (failure !== undefined && nowMs < failure.untilMs) return failure;
      failures.delete(releaseId);
      try {
        return await load(releaseId);
      } catch (error) {
        const failed = { error, untilMs: nowMs + RETRY_MS };
        failures.set(releaseId, failed);
        return failed;
      }
    },
  };
}
