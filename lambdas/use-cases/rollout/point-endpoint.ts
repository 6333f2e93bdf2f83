import type { RolloutLead } from '../../../contracts/rollout.ts';
import { canonicalJson } from '../../../core/canonical-json.ts';
import { PlatformError } from '../../../core/errors.ts';
import { wantedArms } from '../../../core/rollout/arms.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelHostingPort } from '../../ports/model-hosting.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type EndpointContentDeps, endpointContent, verifyArtifacts } from './endpoint-content.ts';

export interface PointEndpointDeps extends EndpointContentDeps {
  readonly registry: Pick<ModelRegistry, 'model' | 'rollout' | 'renewLease' | 'changeRollout'>;
  readonly hosting: Pick<ModelHostingPort, 'pointEndpoint'>;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly clock: Clock;
}

/**
 * Brings the endpoint a step towards what the rollout wants of it now: compares the digests of the artifacts, starts the
 * change, and writes down that it was accepted. What it wants is read here, not told, so that a late call does nothing else than
 * a timely one. Safe to repeat.
 *
 * @throws LeaseLostError when another process leads the rollout, EndpointBusyError, ArtifactChangedError
 */
export async function pointEndpoint(deps: PointEndpointDeps, { rolloutId, fence }: RolloutLead): Promise<void> {
  const seen = await deps.registry.rollout(rolloutId);
  const model = await deps.registry.model(seen.model);
  const arms = wantedArms(seen, model.route);
  if (arms.length === 0) return;
  await verifyArtifacts(deps, arms);
  // SageMaker knows no fences: whoever lost the lease is stopped here, as late as can be
  await deps.registry.renewLease(rolloutId, fence);
  await deps.hosting.pointEndpoint(await endpointContent(deps, model, arms));
  if (canonicalJson(seen.pointed?.arms ?? null) === canonicalJson(arms)) return;
  const at = deps.clock.now().toISOString();
  try {
    await deps.registry.changeRollout(
      { seen, next: { ...seen, pointed: { arms, at } }, route: null, fence },
      { action: 'rollout.endpoint-pointed', actor: seen.actor, at, detail: { rolloutId, fence, arms } },
    );
  } catch (error) {
    // a person stopped it in between; what is wanted now is read at the next turn
    if (!(error instanceof PlatformError && error.name === 'RolloutChangedError')) throw error;
  }
}
