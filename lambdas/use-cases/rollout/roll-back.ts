import type { RollbackRequest, RollbackResponse } from '../../../contracts/api/rollouts.ts';
import { ConflictError, PlatformError, UnavailableError } from '../../../core/errors.ts';
import type { Route } from '../../../core/release/route.ts';
import { planRollback, type RollbackPlan } from '../../../core/rollout/plan-rollback.ts';
import type { Rollout, Stop } from '../../../core/rollout/rollout.ts';
import type { Clock, Ids } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { Workflow } from '../../ports/workflow.ts';
import { type Caller, executionName } from '../operations/execution-name.ts';
import { type StopRolloutDeps, stopRollout } from './stop-rollout.ts';
import { reasonsNoWayBack, type WayBackDeps } from './way-back.ts';

export interface RollBackDeps extends WayBackDeps, StopRolloutDeps {
  readonly registry: Pick<ModelRegistry, 'model' | 'rollouts' | 'release' | 'changeRollout' | 'taskToken'>;
  readonly workflow: Pick<Workflow, 'start' | 'wake'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

const MAX_TRIES = 10;

/** The release that is to answer again cannot be brought back into service. */
export class NoWayBackError extends PlatformError {
  constructor(model: string, releaseId: string, reasons: readonly string[]) {
    super(
      'NoWayBackError',
      'conflict',
      `model "${model}" cannot go back to release ${releaseId}, and nothing was changed: ${reasons.join('; ')}`,
      { model, releaseId, reasons },
    );
  }
}

/**
 * Goes back to an earlier release. While a rollout runs whose way back is in service this is one write, with nothing to
 * check: whoever asks next is answered by the release before. A release that has left the endpoint is checked first and
 * brought back by a flow that passes no gates. Wanting another one while a rollout runs is both: that rollout is stopped at
 * once, and the flow begins when it has given the lease back. Safe to repeat.
 *
 * @throws NoWayBackError with every reason, ConflictError when there is nothing to go back from or to
 */
export async function rollBack(
  deps: RollBackDeps,
  model: string,
  ask: RollbackRequest,
  caller: Caller,
): Promise<RollbackResponse> {
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    const [{ route }, rollouts] = await Promise.all([deps.registry.model(model), deps.registry.rollouts(model)]);
    const plan = planRollback(route, rollouts, ask.to);
    if (plan.kind === 'refused') throw new ConflictError(`model "${model}": ${plan.because}`, { model });
    if (plan.kind === 'bring-back') await assertWayBack(deps, model, plan.releaseId, rollouts);
    try {
      return await carryOut(deps, plan, route, { model, ...ask }, caller);
    } catch (error) {
      // automation wrote in between: what is there now may ask for another way
      if (!(error instanceof PlatformError && error.name === 'RolloutChangedError')) throw error;
    }
  }
  throw new UnavailableError(`model "${model}" changed ${MAX_TRIES} times during one rollback; try again`, { model });
}

type Ask = RollbackRequest & { readonly model: string };

async function carryOut(
  deps: RollBackDeps,
  plan: Exclude<RollbackPlan, { kind: 'refused' }>,
  route: Route,
  ask: Ask,
  caller: Caller,
): Promise<RollbackResponse> {
  const stopping = plan.kind === 'stop' ? plan.rollout : plan.kind === 'bring-back' ? plan.stopping : null;
  const at = deps.clock.now().toISOString();
  const stop: Stop = { kind: 'person', actor: caller.actor, because: ask.because, at };
  const now = stopping === null ? route : await stopRollout(deps, stopping, route, stop, { action: 'rollout.stopped' });
  const executionId = plan.kind === 'bring-back' ? await bringBack(deps, plan.releaseId, ask, caller) : null;
  return {
    rolledBack: plan.kind !== 'bring-back',
    immediate: plan.kind !== 'bring-back' || stopping !== null,
    releaseId: now.champion?.releaseId ?? null,
    epoch: now.epoch,
    rolloutId: plan.kind === 'bring-back' ? (stopping?.rolloutId ?? null) : plan.rollout.rolloutId,
    executionId,
  };
}

async function assertWayBack(
  deps: RollBackDeps,
  model: string,
  releaseId: string,
  rollouts: readonly Rollout[],
): Promise<void> {
  const release = await deps.registry.release(releaseId);
  const reasons = [
    ...(release.model === model ? [] : [`it is a release of model "${release.model}"`]),
    ...(rollouts.some((one) => one.releaseId === releaseId && one.outcome === 'promoted')
      ? []
      : ['it was never promoted; bring it into service with a rollout']),
    ...(await reasonsNoWayBack(deps, releaseId)),
  ];
  if (reasons.length > 0) throw new NoWayBackError(model, releaseId, reasons);
}

async function bringBack(deps: RollBackDeps, releaseId: string, ask: Ask, caller: Caller): Promise<string> {
  const aim = { model: ask.model, releaseId, kind: 'rollback' } as const;
  const rolloutId = executionName(deps.ids, 'rollout', aim, caller);
  const input = { rolloutId, ...aim, cause: ask.because, actor: caller.actor };
  return (await deps.workflow.start('rollout', rolloutId, input)).executionId;
}
