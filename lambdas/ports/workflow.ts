import type { Flow } from '../../contracts/flows.ts';

/** Long-running work: state machine executions by the name of their flow. */
export interface Workflow {
  /**
   * Starts the flow. The name is a digest of the cause: starting the same cause again gives the execution that is
   * there, finished or not.
   */
  start(flow: Flow, name: string, input: object): Promise<{ readonly executionId: string }>;
  /** Lets an execution go on that waits with this token. False when none does any more: it went on, or has ended. */
  wake(taskToken: string, output: object): Promise<boolean>;
  /** @throws NotFoundError */
  describe(executionId: string): Promise<Execution>;
}

export interface Execution {
  readonly executionId: string;
  readonly flow: Flow;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** The state it is in, or was in last. */
  readonly step: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly output: unknown;
  readonly error: { readonly name: string; readonly message: string } | null;
}
