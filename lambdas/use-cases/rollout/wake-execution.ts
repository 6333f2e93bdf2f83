import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { Workflow } from '../../ports/workflow.ts';

export interface WakeExecutionDeps {
  readonly registry: Pick<ModelRegistry, 'taskToken'>;
  readonly workflow: Pick<Workflow, 'wake'>;
}

/** Wakes the execution that waits for a person's word on the rollout, if one does; it looks by itself otherwise. */
export async function wakeExecution(
  { registry, workflow }: WakeExecutionDeps,
  rolloutId: string,
  word: object,
): Promise<void> {
  const taskToken = await registry.taskToken(rolloutId);
  if (taskToken !== null) await workflow.wake(taskToken, word);
}
