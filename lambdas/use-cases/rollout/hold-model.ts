import type { HoldRequest, HoldResponse } from '../../../contracts/api/rollouts.ts';
import type { Hold } from '../../../core/rollout/rollout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';

export interface HoldModelDeps {
  readonly registry: Pick<ModelRegistry, 'model' | 'hold' | 'setHold'>;
  readonly events: EventBus;
  readonly clock: Clock;
}

/**
 * Holds a model or releases it. A hold for another reason takes the place of the one there; the same once more, and releasing what is
 * not held, change nothing.
 *
 * @throws NotFoundError for a model whose stack is not deployed
 */
export async function holdModel(
  { registry, events, clock }: HoldModelDeps,
  model: string,
  { hold: isHeld, because }: HoldRequest,
  actor: string,
): Promise<HoldResponse> {
  await registry.model(model);
  const before = await registry.hold(model);
  const isThere = isHeld ? before?.because === because && before.actor === actor : before === null;
  if (isThere) return { model, hold: before };
  const at = clock.now().toISOString();
  const hold: Hold | null = isHeld ? { model, actor, because, at } : null;
  const verb = isHeld ? 'held' : 'released';
  await registry.setHold(model, hold, { action: `model.${verb}`, actor, at, detail: { because, before } });
  await events.publish([
    { type: `headgate.model.${verb}`, subject: model, data: { model, actor, because, at, before } },
  ]);
  return { model, hold };
}
