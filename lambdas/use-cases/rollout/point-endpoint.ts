import type { RolloutStepRequest } from '../../../contracts/rollout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelHostingPort } from '../../ports/model-hosting.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type EndpointContentDeps, endpointContent, verifyArtifacts } from './endpoint-content.ts';

export interface PointEndpointDeps extends EndpointContentDeps {
  readonly registry: ModelRegistry;
  readonly hosting: ModelHostingPort;
  readonly objects: ObjectStore;
  readonly clock: Clock;
}

/** Compares the digests of the artifacts and starts bringing the endpoint to the content of one step. Safe to repeat. */
export async function pointEndpoint(
  deps: PointEndpointDeps,
  ask: RolloutStepRequest,
): Promise<{ readonly begunAt: string }> {
  const at = deps.clock.now().toISOString();
  const model = await deps.registry.model(ask.model);
  await verifyArtifacts(deps, ask.step.variants);
  const content = await endpointContent(deps, model, ask.step.variants);
  await deps.registry.advanceRollout(ask.rolloutId, ask.step.flipTo === null ? 'settling' : 'deploying', {
    action: 'rollout.endpoint-pointed',
    actor: ask.actor,
    at,
    detail: { rolloutId: ask.rolloutId, variants: ask.step.variants },
  });
  await deps.hosting.pointEndpoint(content);
  return { begunAt: at };
}
