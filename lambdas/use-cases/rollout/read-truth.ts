import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { wantedArms } from '../../../core/rollout/arms.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';
import type { EndpointState, Truth } from '../../../core/rollout/truth.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelHostingPort } from '../../ports/model-hosting.ts';
import type { ModelRegistry, RegisteredModel, ReleaseStore } from '../../ports/model-registry.ts';
import { type EndpointContentDeps, endpointContent } from './endpoint-content.ts';
import { type RefusalDeps, refusalOf } from './refusal-of.ts';

export interface ReadTruthDeps extends EndpointContentDeps, RefusalDeps {
  readonly registry: Pick<ModelRegistry, 'model' | 'rollout' | 'rollouts' | 'hold'>;
  readonly releases: ReleaseStore;
  readonly hosting: Pick<ModelHostingPort, 'status'>;
  readonly clock: Clock;
  readonly pollMs: number;
}

/** Everything about a rollout but the news. */
export interface ReadTruth extends Omit<Truth, 'news'> {
  readonly manifest: ReleaseManifest;
}

/** The rollout is read before the route and the hold, so that a change made in between is refused by the condition of the write. */
export async function readTruth(deps: ReadTruthDeps, rolloutId: string): Promise<ReadTruth> {
  const rollout = await deps.registry.rollout(rolloutId);
  const [model, hold, manifest] = await Promise.all([
    deps.registry.model(rollout.model),
    deps.registry.hold(rollout.model),
    deps.releases.manifest(rollout.releaseId),
  ]);
  return {
    rollout,
    route: model.route,
    policy: manifest.model.rollout,
    hasLatencyGate: manifest.model.gates.some(({ kind }) => kind === 'latency'),
    hold,
    refusal: rollout.phase === 'gates' ? await refusalOf(deps, rollout, manifest, model) : null,
    endpoint: await endpointState(deps, rollout, model),
    now: deps.clock.now(),
    pollMs: deps.pollMs,
    manifest,
  };
}

/** Where nothing is wanted of the endpoint it is as it should be. */
async function endpointState(deps: ReadTruthDeps, rollout: Rollout, model: RegisteredModel): Promise<EndpointState> {
  const arms = wantedArms(rollout, model.route);
  if (arms.length === 0) return { state: 'in-service' };
  return deps.hosting.status(await endpointContent(deps, model, arms));
}
