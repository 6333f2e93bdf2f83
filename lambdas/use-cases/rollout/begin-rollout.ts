import type { RolloutLead, RolloutRequest } from '../../../contracts/rollout.ts';
import { InvalidInputError, PlatformError } from '../../../core/errors.ts';
import { candidateDigest } from '../../../core/release/candidate-digest.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { RolloutInProgressError } from '../../../core/release/rollout-in-progress-error.ts';
import { isBeforePromotion } from '../../../core/rollout/phases.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import { type StopRolloutDeps, stopRollout } from './stop-rollout.ts';

export interface BeginRolloutDeps extends StopRolloutDeps {
  readonly registry: Pick<ModelRegistry, 'model' | 'rollout' | 'beginRollout' | 'changeRollout' | 'taskToken'>;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
  readonly clock: Clock;
}

/**
 * Takes the model's lease for the rollout, or takes the rollout over from a process that left it. Where another one has
 * the lease, it is stopped if the policy says so and it has not promoted yet; whoever asks tries again until it has ended.
 *
 * @throws RolloutInProgressError while another rollout has not ended, InvalidInputError for another model's release
 */
export async function beginRollout(deps: BeginRolloutDeps, ask: RolloutRequest): Promise<RolloutLead> {
  const { rolloutId, model } = ask;
  const [{ route }, manifest] = await Promise.all([deps.registry.model(model), deps.releases.manifest(ask.releaseId)]);
  if (manifest.model.name !== model) {
    throw new InvalidInputError(`release ${ask.releaseId} is one of model ${manifest.model.name}, not of ${model}`, {
      releaseId: ask.releaseId,
    });
  }
  const at = deps.clock.now().toISOString();
  const wanted = newRollout(ask, manifest, route.champion?.releaseId ?? null, at);
  const { releaseId, kind, cause, force } = ask;
  const detail = { rolloutId, releaseId, kind, cause, ...(force && { force }) };
  try {
    const { fence } = await deps.registry.beginRollout(wanted, {
      action: 'rollout.begun',
      actor: ask.actor,
      at,
      detail,
    });
    return { rolloutId, model, fence };
  } catch (error) {
    if (error instanceof RolloutInProgressError) {
      await supersede(deps, wanted, manifest, String(error.details['rolloutId']));
    }
    throw error;
  }
}

function newRollout(
  { rolloutId, model, releaseId, kind, force, actor, cause }: RolloutRequest,
  manifest: ReleaseManifest,
  previousReleaseId: string | null,
  at: string,
): Rollout {
  return {
    rolloutId,
    model,
    releaseId,
    kind,
    candidate: candidateDigest(manifest),
    isForced: force,
    phase: 'gates',
    step: 0,
    since: at,
    previousReleaseId,
    approval: null,
    pointed: null,
    stop: null,
    look: null,
    timeline: [{ phase: 'gates', step: 0, at, because: cause }],
    outcome: null,
    because: null,
    actor,
    cause,
    startedAt: at,
    endedAt: null,
  };
}

/** Stops the rollout that has the lease, in one write; a write that comes between is seen at the next try of whoever asks. */
async function supersede(
  deps: BeginRolloutDeps,
  wanted: Rollout,
  manifest: ReleaseManifest,
  holderId: string,
): Promise<void> {
  const [holder, { route }] = await Promise.all([deps.registry.rollout(holderId), deps.registry.model(wanted.model)]);
  if (!isBeforePromotion(holder.phase) || holder.kind !== 'release' || holder.stop !== null) return;
  if (wanted.kind === 'release' && !(await isNewer(deps, manifest, holder))) return;
  const at = deps.clock.now().toISOString();
  const because =
    wanted.kind === 'release'
      ? `release ${wanted.releaseId} is newer, and the model's policy is to supersede`
      : `${wanted.actor} goes back to release ${wanted.releaseId}`;
  const kind = wanted.kind === 'release' ? 'newer-release' : 'person';
  const recorded = { action: 'rollout.superseded', detail: { by: wanted.rolloutId } };
  try {
    await stopRollout(deps, holder, route, { kind, actor: wanted.actor, because, at }, recorded);
  } catch (error) {
    if (!(error instanceof PlatformError && error.kind === 'conflict')) throw error;
  }
}

async function isNewer({ releases }: BeginRolloutDeps, manifest: ReleaseManifest, holder: Rollout): Promise<boolean> {
  if (manifest.model.rollout.onNewer !== 'supersede') return false;
  return (await releases.manifest(holder.releaseId)).createdAt < manifest.createdAt;
}
