import type { Flow } from '../../contracts/flows.ts';
import { NotFoundError } from '../../core/errors.ts';
import type { Execution, Workflow } from '../../lambdas/ports/workflow.ts';

export interface MemoryWorkflow extends Workflow {
  readonly started: readonly { readonly flow: Flow; readonly name: string; readonly input: object }[];
  /** Tokens that were woken with, and what was said. */
  readonly woken: readonly { readonly taskToken: string; readonly output: object }[];
  /** Ends an execution the way a test wants it to. */
  end(executionId: string, end: Partial<Execution>): void;
}

export function memoryWorkflow(startedAt = '2026-03-01T12:00:00.000Z'): MemoryWorkflow {
  const executions = new Map<string, Execution>();
  const woken: { taskToken: string; output: object }[] = [];
  const started: { flow: Flow; name: string; input: object }[] = [];
  const find = (executionId: string) => {
    const execution = executions.get(executionId);
    if (execution === undefined) throw new NotFoundError('execution', executionId, [...executions.keys()]);
    return execution;
  };
  return {
    started,
    woken,
    async wake(taskToken, output) {
      if (woken.some((one) => one.taskToken === taskToken)) return false;
      woken.push({ taskToken, output });
      return true;
    },
    async start(flow, name, input) {
      const executionId = `${flow}:${name}`;
      if (!executions.has(executionId)) {
        started.push({ flow, name, input });
        executions.set(executionId, {
          executionId,
          flow,
          status: 'RUNNING',
          step: null,
          startedAt,
          endedAt: null,
          output: null,
          error: null,
        });
      }
      return { executionId };
    },
    describe: async (executionId) => find(executionId),
    end(executionId, end) {
      executions.set(executionId, { ...find(executionId), endedAt: startedAt, ...end });
    },
  };
}
