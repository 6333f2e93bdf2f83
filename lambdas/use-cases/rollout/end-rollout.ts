import type { EndRolloutRequest } from '../../../contracts/rollout.ts';
import { restingVariants } from '../../../core/release/plan-rollout.ts';
import type { Rollout, RolloutOutcome } from '../../../core/rollout/rollout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { ModelHostingPort } from '../../ports/model-hosting.ts';
import type { ModelRegistry, RegisteredModel } from '../../ports/model-registry.ts';
import { type EndpointContentDeps, endpointContent } from './endpoint-content.ts';

export interface EndRolloutDeps extends EndpointContentDeps {
  readonly registry: ModelRegistry;
  readonly hosting: ModelHostingPort;
  readonly events: EventBus;
  readonly clock: Clock;
}

/**
 * Ends the rollout as what it came to be: promoted when the route names the release, whatever went wrong after the
 * flip; otherwise the endpoint is brought back to what the route names and the release is rejected (no traffic was
 * touched) or rolled back. Safe to repeat.
 */
export async function endRollout(deps: EndRolloutDeps, ask: EndRolloutRequest): Promise<Rollout> {
  const model = await deps.registry.model(ask.model);
  const rollout = await deps.registry.rollout(ask.rolloutId);
  if (rollout.outcome !== null) return rollout;
  const outcome = outcomeOf(model, rollout);
  if (outcome === 'rolled-back') await restore(deps, model);
  const ended = await deps.registry.endRollout(ask.rolloutId, outcome, ask.because, {
    action: `rollout.${outcome}`,
    actor: ask.actor,
    at: deps.clock.now().toISOString(),
    detail: { rolloutId: ask.rolloutId, releaseId: ask.releaseId, because: ask.because },
  });
  await deps.events.publish([{ type: `headgate.rollout.${outcome}`, subject: ask.model, data: ended }]);
  return ended;
}

function outcomeOf({ route }: RegisteredModel, rollout: Rollout): RolloutOutcome {
  if (rollout.phase === 'gates') return 'rejected';
  return route.champion?.releaseId === rollout.releaseId ? 'promoted' : 'rolled-back';
}

/** Before the first promotion there is nothing to go back to, and no request reaches the endpoint. */
async function restore(deps: EndRolloutDeps, model: RegisteredModel): Promise<void> {
  const resting = restingVariants(model.route);
  if (resting.length > 0) await deps.hosting.pointEndpoint(await endpointContent(deps, model, resting));
}
