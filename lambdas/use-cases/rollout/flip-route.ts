import type { RolloutStepRequest } from '../../../contracts/rollout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelHostingPort } from '../../ports/model-hosting.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';

export interface FlipRouteDeps {
  readonly registry: ModelRegistry;
  readonly releases: ReleaseStore;
  readonly hosting: ModelHostingPort;
  readonly clock: Clock;
}

/**
 * Makes the release answer on the step's variant, in one conditional write with its audit record; the last step
 * leaves the route alone and sets the scaling of what now runs. Safe to repeat.
 */
export async function flipRoute(deps: FlipRouteDeps, ask: RolloutStepRequest): Promise<{ readonly epoch: number }> {
  const { route, endpointName } = await deps.registry.model(ask.model);
  const { flipTo } = ask.step;
  if (flipTo === null) {
    const { serving } = (await deps.releases.manifest(ask.releaseId)).model;
    for (const { variant } of ask.step.variants) await deps.hosting.scale(endpointName, variant, serving);
    return { epoch: route.epoch };
  }
  const champion = { releaseId: ask.releaseId, variant: flipTo };
  const isThere = route.champion?.releaseId === champion.releaseId && route.champion.variant === flipTo;
  if (isThere) return { epoch: route.epoch };
  const flipped = await deps.registry.flipRoute(
    {
      rolloutId: ask.rolloutId,
      model: ask.model,
      from: route,
      to: { ...route, champion, epoch: route.epoch + 1 },
      phase: 'settling',
    },
    {
      action: 'route.flipped',
      actor: ask.actor,
      at: deps.clock.now().toISOString(),
      detail: { rolloutId: ask.rolloutId, from: route.champion, to: champion, epoch: route.epoch + 1 },
    },
  );
  return { epoch: flipped.epoch };
}
