import type { RolloutRequest } from '../../../contracts/rollout.ts';
import { LEASE_MS } from '../../../core/rollout/lease.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { Workflow } from '../../ports/workflow.ts';
import { nextExecutionName } from './execution-of-rollout.ts';

export interface ResumeRolloutsDeps {
  readonly registry: Pick<ModelRegistry, 'abandonedRollouts'>;
  readonly workflow: Pick<Workflow, 'start'>;
  readonly clock: Clock;
}

/**
 * Starts an execution for every rollout that nobody has led on for a while. The name says which one it follows and in which
 * stretch of time, so that each is started once, and again when it died before it could take the lease: a name is never given twice.
 */
export async function resumeRollouts({
  registry,
  workflow,
  clock,
}: ResumeRolloutsDeps): Promise<{ readonly resumed: readonly string[] }> {
  const resumed: string[] = [];
  const stretch = Math.floor(clock.now().getTime() / LEASE_MS);
  for (const { rollout, fence } of await registry.abandonedRollouts()) {
    const { rolloutId, model, releaseId, kind, isForced, cause, actor } = rollout;
    const input: RolloutRequest = { rolloutId, model, releaseId, kind, force: isForced, cause, actor };
    await workflow.start('rollout', nextExecutionName(`${rolloutId}-${stretch}`, fence), input);
    resumed.push(rolloutId);
  }
  return { resumed };
}
