import type { RolloutRequest, RolloutStep } from '../../../contracts/rollout.ts';
import { haveAllPassed, reasonsAgainst } from '../../../core/gates/judge-gates.ts';
import { planRollout } from '../../../core/release/plan-rollout.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { Route } from '../../../core/release/route.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import { type KeepVersionsDeps, keepVersionsFor } from '../versions/keep-versions.ts';

export interface BeginRolloutDeps extends KeepVersionsDeps {
  readonly registry: ModelRegistry;
  readonly releases: ReleaseStore;
  readonly clock: Clock;
}

/** `proceed` says whether traffic may be moved at all; `steps` then says how. */
export interface RolloutPlan {
  readonly proceed: boolean;
  /** Empty when it proceeds. */
  readonly because: string;
  readonly steps: readonly RolloutStep[];
}

/**
 * Takes the model's rollout lease, keeps the release's versions of feature views from being retired, and decides from
 * its verdicts and from what is online whether, and over which steps, it may go out.
 */
export async function beginRollout(deps: BeginRolloutDeps, ask: RolloutRequest): Promise<RolloutPlan> {
  const { route } = await deps.registry.model(ask.model);
  const manifest = await deps.releases.manifest(ask.releaseId);
  const at = deps.clock.now().toISOString();
  await deps.registry.beginRollout(
    {
      rolloutId: ask.rolloutId,
      model: ask.model,
      releaseId: ask.releaseId,
      kind: 'release',
      candidate: ask.releaseId,
      isForced: ask.force,
      phase: 'gates',
      step: 0,
      since: at,
      previousReleaseId: route.champion?.releaseId ?? null,
      approval: null,
      pointed: null,
      stop: null,
      look: null,
      timeline: [{ phase: 'gates', step: 0, at, because: ask.cause }],
      outcome: null,
      because: null,
      actor: ask.actor,
      cause: ask.cause,
      startedAt: at,
      endedAt: null,
    },
    {
      action: 'rollout.begun',
      actor: ask.actor,
      at,
      detail: { rolloutId: ask.rolloutId, releaseId: ask.releaseId, cause: ask.cause },
    },
  );
  const wasChampion = isPromoted(await deps.registry.rollouts(ask.model), ask.releaseId);
  const because =
    objection(ask, manifest, route, wasChampion) ?? (await keepVersionsFor(deps, ask.releaseId, manifest));
  if (because !== null) return { proceed: false, because, steps: [] };
  const steps = planRollout(route, ask.releaseId).map(({ variants, flipTo }) => ({ variants: [...variants], flipTo }));
  return { proceed: true, because: '', steps };
}

function isPromoted(rollouts: readonly Rollout[], releaseId: string): boolean {
  return rollouts.some((rollout) => rollout.releaseId === releaseId && rollout.outcome === 'promoted');
}

/** Why the release may not take traffic, or null when it may. One that answered before may be gone back to. */
function objection(ask: RolloutRequest, manifest: ReleaseManifest, route: Route, wasChampion: boolean): string | null {
  if (manifest.model.name !== ask.model)
    return `release ${ask.releaseId} is one of model ${manifest.model.name}, not of ${ask.model}`;
  if (!haveAllPassed(manifest.verdicts))
    return reasonsAgainst(manifest.verdicts) || 'the release was judged by no gate';
  if (route.champion?.releaseId === ask.releaseId) return `release ${ask.releaseId} is the champion already`;
  const compared = manifest.evaluation.champion?.releaseId ?? null;
  const champion = route.champion?.releaseId ?? null;
  if (compared !== champion && !wasChampion) {
    return `the release was judged against champion ${compared ?? '(none)'}, but the champion is now ${champion ?? '(none)'}; train again so that it is judged against the present one`;
  }
  return null;
}
