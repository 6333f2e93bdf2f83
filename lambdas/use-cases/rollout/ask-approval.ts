import type { AskApprovalRequest } from '../../../contracts/rollout.ts';
import type { EventBus } from '../../ports/event-bus.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { Workflow } from '../../ports/workflow.ts';
import { wakeExecution } from './wake-execution.ts';

export interface AskApprovalDeps {
  readonly registry: Pick<ModelRegistry, 'rollout' | 'taskToken' | 'keepTaskToken'>;
  readonly workflow: Pick<Workflow, 'wake'>;
  readonly events: EventBus;
  readonly metrics: Metrics;
}

/** Keeps what wakes the flow when a person has decided, and tells people once that they are waited for. */
export async function askApproval(deps: AskApprovalDeps, { rolloutId, taskToken }: AskApprovalRequest): Promise<void> {
  const { registry, events, metrics } = deps;
  const before = await registry.rollout(rolloutId);
  if ((await registry.taskToken(rolloutId)) === null) {
    await events.publish([{ type: 'headgate.rollout.approval-requested', subject: before.model, data: before }]);
  }
  await registry.keepTaskToken(rolloutId, taskToken);
  metrics.put({
    dimensions: { Model: before.model },
    dimensionSets: [['Model'], []],
    values: { ApprovalsWaiting: 1 },
    unit: 'Count',
  });
  // a word that came before the token was kept woke nobody
  const { phase, approval } = await registry.rollout(rolloutId);
  if (phase !== 'approval' || approval?.decision != null) await wakeExecution(deps, rolloutId, { isDecided: true });
}
