import type { RolloutRequest } from '../../../contracts/rollout.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { Workflow } from '../../ports/workflow.ts';
import { nextExecutionName } from './execution-of-rollout.ts';

export interface ResumeRolloutsDeps {
  readonly registry: Pick<ModelRegistry, 'abandonedRollouts'>;
  readonly workflow: Pick<Workflow, 'start'>;
}

/** Starts an execution for every rollout that nobody has led on for a while; the name says which one it follows, so each is started once. */
export async function resumeRollouts({
  registry,
  workflow,
}: ResumeRolloutsDeps): Promise<{ readonly resumed: readonly string[] }> {
  const resumed: string[] = [];
  for (const { rollout, fence } of await registry.abandonedRollouts()) {
    const { rolloutId, model, releaseId, kind, isForced, cause, actor } = rollout;
    const input: RolloutRequest = { rolloutId, model, releaseId, kind, force: isForced, cause, actor };
    await workflow.start('rollout', nextExecutionName(rolloutId, fence), input);
    resumed.push(rolloutId);
  }
  return { resumed };
}
