import { haveAllPassed, reasonsAgainst } from '../../../core/gates/judge-gates.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';
import type { ModelRegistry, RegisteredModel } from '../../ports/model-registry.ts';
import { type KeepVersionsDeps, keepVersionsFor } from '../versions/keep-versions.ts';
import { reasonsNoWayBack, type WayBackDeps } from './way-back.ts';

export interface RefusalDeps extends KeepVersionsDeps, WayBackDeps {
  readonly registry: Pick<ModelRegistry, 'rollouts'>;
  readonly versionRegistry: KeepVersionsDeps['versionRegistry'];
}

/**
 * Why a rollout may not move traffic; null when it may. Keeps the versions of feature views that its release reads,
 * and those that the champion reads, so that neither way is closed while it runs.
 */
export async function refusalOf(
  deps: RefusalDeps,
  rollout: Rollout,
  manifest: ReleaseManifest,
  { route }: RegisteredModel,
): Promise<string | null> {
  const before = await deps.registry.rollouts(rollout.model);
  const { champion } = route;
  const objection =
    champion?.releaseId === rollout.releaseId
      ? `release ${rollout.releaseId} is the champion already`
      : rollout.kind === 'rollback'
        ? againstGoingBack(rollout, before)
        : againstRelease(rollout, manifest, champion?.releaseId ?? null, before);
  if (objection !== null) return objection;
  const offline = await keepVersionsFor(deps, rollout.releaseId, manifest);
  if (offline !== null) return offline;
  const own = await reasonsNoWayBack(deps, rollout.releaseId);
  if (own.length > 0) return own.join('; ');
  return champion === null ? null : againstWayBack(deps, champion.releaseId);
}

function againstGoingBack({ releaseId }: Rollout, before: readonly Rollout[]): string | null {
  return isPromoted(before, releaseId)
    ? null
    : `release ${releaseId} was never champion, so there is no going back to it`;
}

function againstRelease(
  rollout: Rollout,
  manifest: ReleaseManifest,
  champion: string | null,
  before: readonly Rollout[],
): string | null {
  if (!haveAllPassed(manifest.verdicts)) {
    return reasonsAgainst(manifest.verdicts) || 'the release was judged by no gate';
  }
  const compared = manifest.evaluation.champion?.releaseId ?? null;
  if (compared !== champion && !isPromoted(before, rollout.releaseId)) {
    return `the release was judged against champion ${compared ?? '(none)'}, but the champion is now ${champion ?? '(none)'}; train again so that it is judged against the present one`;
  }
  return rollout.isForced ? null : failedBefore(rollout, before);
}

/** What spoke against a candidate still speaks against it while nothing in it has changed. */
function failedBefore({ rolloutId, candidate }: Rollout, before: readonly Rollout[]): string | null {
  const failed = before.find(
    (it) =>
      it.rolloutId !== rolloutId && it.candidate === candidate && it.outcome !== null && it.stop?.kind === 'evidence',
  );
  if (failed === undefined) return null;
  return `the same candidate was ${failed.outcome} by rollout ${failed.rolloutId}: ${failed.stop?.because}; change it, or force the rollout with a reason`;
}

function isPromoted(rollouts: readonly Rollout[], releaseId: string): boolean {
  return rollouts.some((rollout) => rollout.releaseId === releaseId && rollout.outcome === 'promoted');
}

/** Nothing is tried that could not be taken back. */
async function againstWayBack(deps: RefusalDeps, championId: string): Promise<string | null> {
  const gone = await reasonsNoWayBack(deps, championId);
  const reason =
    gone.length > 0
      ? gone.join('; ')
      : await keepVersionsFor(deps, championId, await deps.releases.manifest(championId));
  return reason === null ? null : `there is no way back to the champion ${championId}: ${reason}`;
}
