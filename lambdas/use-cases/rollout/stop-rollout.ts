import type { Route } from '../../../core/release/route.ts';
import { goBack } from '../../../core/rollout/go-back.ts';
import type { Rollout, Stop } from '../../../core/rollout/rollout.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { Workflow } from '../../ports/workflow.ts';
import { wakeExecution } from './wake-execution.ts';

export interface StopRolloutDeps {
  readonly registry: Pick<ModelRegistry, 'changeRollout' | 'taskToken'>;
  readonly workflow: Pick<Workflow, 'wake'>;
  readonly events: EventBus;
}

/**
 * Stops a rollout from outside its flow, in one write that needs no lease. Answers the route as it is from here on.
 *
 * @throws RolloutChangedError when rollout or route are no longer as seen
 */
export async function stopRollout(
  deps: StopRolloutDeps,
  seen: Rollout,
  route: Route,
  stop: Stop,
  recorded: { readonly action: string; readonly detail?: object },
): Promise<Route> {
  const { next, route: change } = goBack(seen, route, stop);
  const { rolloutId, releaseId, phase } = seen;
  const { kind, because, actor, at } = stop;
  const detail = { rolloutId, releaseId, phase, kind, because, route: change, ...recorded.detail };
  const stopped = await deps.registry.changeRollout(
    { seen, next, route: change, fence: null },
    { action: recorded.action, actor, at, detail },
  );
  // the write was made, and the flow looks by itself: neither of these may make it seem as if it had failed
  await Promise.allSettled([
    deps.events.publish([{ type: 'headgate.rollout.restoring', subject: seen.model, data: stopped }]),
    wakeExecution(deps, rolloutId, { stopped: true }),
  ]);
  return change?.to ?? route;
}
