import type { ChangeMove } from '../../../core/rollout/move.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';

export interface MakeChangeDeps {
  readonly registry: Pick<ModelRegistry, 'changeRollout'>;
  readonly events: EventBus;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/**
 * Makes one change, with its audit record in the same transaction, and tells of it. Telling is a hint: when the process
 * ends in between nobody is told, and the record says what happened all the same.
 *
 * @throws LeaseLostError, RolloutChangedError
 */
export async function makeChange(
  deps: MakeChangeDeps,
  seen: Rollout,
  { next, route, isForward, action }: ChangeMove,
  fence: number,
): Promise<void> {
  const { rolloutId, releaseId, phase, step, stop, look, because } = next;
  const detail = {
    rolloutId,
    fence,
    releaseId,
    phase,
    step,
    because: because ?? next.timeline.at(-1)?.because ?? '',
    ...(route !== null && { route }),
    ...(seen.stop === null && stop !== null && { stop }),
    ...(look !== null && look !== seen.look && { look }),
  };
  const event = action === null ? null : { action, actor: next.actor, at: deps.clock.now().toISOString(), detail };
  await deps.registry.changeRollout({ seen, next, route, fence, unlessHeld: isForward }, event);
  if (next.timeline.length > seen.timeline.length) await tell(deps, next);
}

async function tell(deps: MakeChangeDeps, rollout: Rollout): Promise<void> {
  const { outcome, phase, model } = rollout;
  if (outcome !== null) {
    deps.metrics.put({
      dimensions: { Model: model },
      dimensionSets: [['Model'], []],
      values: { RolloutsPromoted: 0, RolloutsRejected: 0, RolloutsRolledBack: 0, [METRIC_OF[outcome]]: 1 },
      unit: 'Count',
    });
  }
  // the change was made: that nobody could be told must not make it seem as if it were not
  await Promise.allSettled([
    deps.events.publish([{ type: `headgate.rollout.${outcome ?? phase}`, subject: model, data: rollout }]),
  ]);
}

const METRIC_OF = {
  promoted: 'RolloutsPromoted',
  rejected: 'RolloutsRejected',
  'rolled-back': 'RolloutsRolledBack',
} as const;
