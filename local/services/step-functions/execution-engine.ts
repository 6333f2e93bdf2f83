import type { Region } from '../../service.ts';
import type { JsonStore } from '../../state/json-store.ts';
import type { Definition } from './asl-schema.ts';
import { ExecutionJournal, forgetHistory } from './execution-journal.ts';
import { parseDefinition } from './parse-definition.ts';
import type { ExecutionRecord, ExecutionStatus } from './records.ts';
import { runFrame } from './run-frame.ts';
import { ExecutionStopped, RegionStopping, StateError } from './state-error.ts';
import { TaskTokens } from './task-tokens.ts';

const EXECUTIONS = 'executions';
const DEFINITIONS = 'definitions';
/** Closed executions, their names and histories are kept this long, as on AWS. */
const KEPT_MS = 90 * 86_400_000;
/** How long stopping waits for calls under way; what they would have written is found again at the next start. */
const STOP_GRACE_MS = 2_000;

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/** Runs executions, each from where its frames on disk stand. */
export class ExecutionEngine {
  readonly tokens: TaskTokens;
  readonly #region: Region;
  readonly #store: JsonStore;
  readonly #running = new Map<string, Running>();
  readonly #definitions = new Map<string, Definition>();

  constructor(region: Region, store: JsonStore) {
    this.#region = region;
    this.#store = store;
    this.tokens = new TaskTokens(store);
  }

  get(arn: string): ExecutionRecord | undefined {
    return this.#store.get<ExecutionRecord>(EXECUTIONS, arn);
  }

  /** Every execution of a machine, newest first. */
  ofMachine(machineArn: string): ExecutionRecord[] {
    return this.#store
      .list<ExecutionRecord>(EXECUTIONS)
      .map(({ value }) => value)
      .filter((execution) => execution.machineArn === machineArn)
      .sort((a, b) => b.startedAtMs - a.startedAtMs || b.name.localeCompare(a.name));
  }

  /** Keeps an execution and begins it; it is on disk when this returns. */
  start(execution: ExecutionRecord): void {
    this.#store.atomically(() => {
      this.#store.put(EXECUTIONS, execution.arn, execution);
      this.#journal(execution).record(undefined, 'ExecutionStarted', {
        executionStartedEventDetails: {
          input: execution.input,
          inputDetails: { truncated: false },
          roleArn: execution.roleArn,
        },
      });
    });
    this.#announce(execution);
    this.#run(execution);
  }

  /** Goes on with everything that was running when the region last stopped, and forgets what AWS would have. */
  resume(): void {
    const oldestMs = this.#region.clock.now().getTime() - KEPT_MS;
    for (const { value: execution } of this.#store.list<ExecutionRecord>(EXECUTIONS)) {
      if (execution.status === 'RUNNING' && !this.#running.has(execution.arn)) this.#run(execution);
      else if ((execution.stoppedAtMs ?? Number.POSITIVE_INFINITY) < oldestMs) this.#forget(execution);
    }
  }

  /** Ends a running execution as aborted; the record is on disk when this returns. */
  abort(arn: string, error: string | undefined, cause: string | undefined): void {
    const execution = this.get(arn);
    if (execution?.status !== 'RUNNING') return;
    this.#finish(execution, 'ABORTED', {
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    });
    this.#running.get(arn)?.controller.abort(new ExecutionStopped());
  }

  /** Resolves when the execution runs no more in this process. */
  async ended(arn: string): Promise<void> {
    await this.#running.get(arn)?.ended;
  }

  async stop(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { controller } of running) controller.abort(new RegionStopping());
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_GRACE_MS);
    });
    await Promise.race([Promise.allSettled(running.map(({ ended }) => ended)), grace]);
    clearTimeout(timer);
  }

  saveDefinition(digest: string, text: string): void {
    this.#store.put(DEFINITIONS, digest, text);
  }

  definitionText(digest: string): string {
    return this.#store.get<string>(DEFINITIONS, digest) ?? '';
  }

  #forget(execution: ExecutionRecord): void {
    this.#store.atomically(() => {
      forgetHistory(this.#store, execution.arn);
      this.#store.delete(EXECUTIONS, execution.arn);
    });
  }

  #run(execution: ExecutionRecord): void {
    const controller = new AbortController();
    const ended = this.#carryOut(execution, controller)
      .catch((error: unknown) => {
        this.#region.log('states', 'error', `execution ${execution.arn} could not be kept: ${String(error)}`);
      })
      .finally(() => this.#running.delete(execution.arn));
    this.#running.set(execution.arn, { controller, ended });
  }

  async #carryOut(execution: ExecutionRecord, controller: AbortController): Promise<void> {
    // The caller of StartExecution gets its answer before the first state runs.
    await new Promise((resolve) => setImmediate(resolve));
    const definition = this.#definition(execution.definitionDigest);
    const timer = this.#armTimeout(execution, definition, controller);
    try {
      const input: unknown = JSON.parse(execution.input);
      const output = await runFrame(
        { region: this.#region, execution, input, journal: this.#journal(execution), tokens: this.tokens },
        definition,
        {
          path: 'root',
          input,
          signal: controller.signal,
          outerVariables: {},
          keepsHistory: true,
          parentEventId: 1,
        },
      );
      this.#finish(execution, 'SUCCEEDED', { output: JSON.stringify(output) });
    } catch (error) {
      if (error instanceof RegionStopping || error instanceof ExecutionStopped) return;
      const timedOut = controller.signal.aborted && controller.signal.reason === error;
      const failure =
        error instanceof StateError
          ? error
          : new StateError('States.Runtime', String(error instanceof Error ? error.stack : error));
      this.#finish(execution, timedOut ? 'TIMED_OUT' : 'FAILED', { error: failure.error, cause: failure.errorCause });
    } finally {
      clearInterval(timer);
    }
  }

  #armTimeout(
    execution: ExecutionRecord,
    definition: Definition,
    controller: AbortController,
  ): NodeJS.Timeout | undefined {
    const seconds = definition.timeoutSeconds;
    if (seconds === undefined) return undefined;
    const deadlineMs = execution.startedAtMs + seconds * 1000;
    const timer = setInterval(() => {
      if (this.#region.clock.now().getTime() < deadlineMs) return;
      controller.abort(new StateError('States.Timeout', `The execution ran longer than ${seconds} seconds.`));
    }, 100);
    timer.unref();
    return timer;
  }

  #finish(execution: ExecutionRecord, status: ExecutionStatus, end: Partial<ExecutionRecord>): void {
    if (this.get(execution.arn)?.status !== 'RUNNING') return;
    const stopped: ExecutionRecord = { ...execution, ...end, status, stoppedAtMs: this.#region.clock.now().getTime() };
    this.#store.atomically(() => {
      const journal = this.#journal(execution);
      const root = journal.frame('root');
      if (root?.task?.token !== undefined) this.tokens.forget(root.task.token);
      journal.record(undefined, END_EVENTS[status].type, {
        [END_EVENTS[status].details]:
          status === 'SUCCEEDED'
            ? { output: stopped.output, outputDetails: { truncated: false } }
            : { error: stopped.error, cause: stopped.cause },
      });
      journal.forgetFrames();
      this.#store.put(EXECUTIONS, execution.arn, stopped);
    });
    this.#announce(stopped);
  }

  #announce(execution: ExecutionRecord): void {
    this.#region.emit({
      source: 'aws.states',
      detailType: 'Step Functions Execution Status Change',
      resources: [execution.arn],
      detail: {
        executionArn: execution.arn,
        stateMachineArn: execution.machineArn,
        name: execution.name,
        status: execution.status,
        startDate: execution.startedAtMs,
        stopDate: execution.stoppedAtMs ?? null,
        input: execution.input,
        inputDetails: { included: true },
        output: execution.output ?? null,
        outputDetails: execution.output === undefined ? null : { included: true },
        error: execution.error ?? null,
        cause: execution.cause ?? null,
      },
    });
  }

  #definition(digest: string): Definition {
    let definition = this.#definitions.get(digest);
    if (definition === undefined) {
      definition = parseDefinition(this.definitionText(digest));
      this.#definitions.set(digest, definition);
    }
    return definition;
  }

  #journal(execution: ExecutionRecord): ExecutionJournal {
    return new ExecutionJournal(this.#store, execution.arn, () => this.#region.clock.now().getTime());
  }
}

const END_EVENTS: Readonly<Record<ExecutionStatus, { readonly type: string; readonly details: string }>> = {
  RUNNING: { type: 'ExecutionStarted', details: 'executionStartedEventDetails' },
  SUCCEEDED: { type: 'ExecutionSucceeded', details: 'executionSucceededEventDetails' },
  FAILED: { type: 'ExecutionFailed', details: 'executionFailedEventDetails' },
  TIMED_OUT: { type: 'ExecutionTimedOut', details: 'executionTimedOutEventDetails' },
  ABORTED: { type: 'ExecutionAborted', details: 'executionAbortedEventDetails' },
};
