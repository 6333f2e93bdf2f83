import type { Random } from '../../core/clock.ts';
import { matchesError, StateError } from '../../local/services/step-functions/state-error.ts';
import { evaluateIn, type Template, type Variables } from './expressions.ts';
import type { VirtualTime } from './virtual-time.ts';

interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxAttempts?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: string;
}

interface Branch {
  readonly Next: string;
  readonly Assign?: Template;
  readonly Output?: Template;
}

/** A state of the machines, as far as the rollout's use them. */
interface MachineState {
  readonly Type: string;
  readonly Resource?: string;
  readonly Arguments?: Template;
  readonly Assign?: Template;
  readonly Output?: Template;
  readonly Next?: string;
  readonly Default?: string;
  readonly Seconds?: Template;
  readonly TimeoutSeconds?: Template;
  readonly Error?: Template;
  readonly Cause?: Template;
  readonly Choices?: readonly (Branch & { readonly Condition: string })[];
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly (Branch & { readonly ErrorEquals: readonly string[] })[];
}

export interface StateMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, MachineState>>;
}

/** Makes the call of a Task state. Throws a StateError as Step Functions would see it. */
export type CallTask = (resource: string, given: unknown, token: string) => Promise<unknown>;

export interface ExecutionProps {
  readonly machine: StateMachine;
  readonly name: string;
  readonly input: unknown;
  readonly time: VirtualTime;
  readonly random: Random;
  readonly callTask: CallTask;
}

const DEFAULT_RETRY = { IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 3 } as const;

/** One execution of a state machine in virtual time: a state is taken up again where it is, whatever becomes of the functions. */
export class Execution {
  readonly name: string;
  readonly #props: ExecutionProps;
  status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED' = 'RUNNING';
  output: unknown = null;
  error: { readonly name: string; readonly message: string } | null = null;
  /** States in the order they were entered. */
  readonly entered: string[] = [];
  #variables: Variables = {};
  #enteredAt = '';
  #retries = 0;

  constructor(props: ExecutionProps) {
    this.#props = props;
    this.name = props.name;
  }

  /** Nothing it had begun goes on; functions that it had called do. */
  abort(): void {
    if (this.status === 'RUNNING') this.status = 'ABORTED';
  }

  async run(): Promise<void> {
    let [name, input] = [this.#props.machine.StartAt, this.#props.input];
    while (this.status === 'RUNNING') {
      const state = this.#props.machine.States[name];
      if (state === undefined) throw new Error(`the machine has no state "${name}"`);
      this.entered.push(name);
      this.#enteredAt = new Date(this.#props.time.nowMs).toISOString();
      const left = await this.#leave(name, state, input);
      if (left === null) return;
      [name, input] = [left.next, left.output];
    }
  }

  /** Null when the execution is over. */
  async #leave(name: string, state: MachineState, input: unknown): Promise<{ next: string; output: unknown } | null> {
    try {
      switch (state.Type) {
        case 'Task':
          return await this.#task(name, state, input);
        case 'Choice':
          return await this.#choose(state, input);
        case 'Wait': {
          const seconds = Number(await this.#evaluate(state.Seconds ?? 0, name, input));
          await this.#props.time.pass(seconds * 1_000);
          return { next: state.Next!, output: input }; // checked by test/state-machines
        }
        case 'Pass':
          return { next: state.Next!, output: await this.#settle(state, name, input, input) };
        case 'Succeed':
          this.output = state.Output === undefined ? input : await this.#evaluate(state.Output, name, input);
          this.#end('SUCCEEDED');
          return null;
        default: {
          const said = await this.#evaluate({ error: state.Error ?? '', cause: state.Cause ?? '' }, name, input);
          const { error, cause } = said as { error: string; cause: string }; // what was just made
          throw new StateError(error, cause);
        }
      }
    } catch (error) {
      if (!(error instanceof StateError)) throw error;
      this.error = { name: error.error, message: error.errorCause };
      this.#end('FAILED');
      return null;
    }
  }

  #end(status: 'SUCCEEDED' | 'FAILED'): void {
    if (this.status === 'RUNNING') this.status = status;
  }

  async #task(name: string, state: MachineState, input: unknown): Promise<{ next: string; output: unknown } | null> {
    const used = (state.Retry ?? []).map(() => 0);
    for (this.#retries = 0; ; this.#retries++) {
      try {
        const result = await this.#attempt(name, state, input);
        if (this.status !== 'RUNNING') return null;
        return { next: state.Next!, output: await this.#settle(state, name, input, result, { result }) };
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        if (this.status !== 'RUNNING') return null;
        const index = (state.Retry ?? []).findIndex((retrier) => matches(retrier, error));
        const retrier = state.Retry?.[index];
        if (retrier !== undefined && used[index]! < (retrier.MaxAttempts ?? DEFAULT_RETRY.MaxAttempts)) {
          await this.#props.time.pass(this.#delayMs(retrier, used[index]!));
          used[index]!++;
          continue;
        }
        const catcher = state.Catch?.find((one) => matches(one, error));
        if (catcher === undefined) throw error;
        const errorOutput = { Error: error.error, Cause: error.errorCause };
        return { next: catcher.Next, output: await this.#settle(catcher, name, input, errorOutput, { errorOutput }) };
      }
    }
  }

  async #attempt(name: string, state: MachineState, input: unknown): Promise<unknown> {
    const { time, callTask } = this.#props;
    const token = `${this.name} ${this.entered.length} ${this.#retries}`;
    const given = await this.#evaluate(state.Arguments ?? {}, name, input, {}, token);
    const work = callTask(state.Resource ?? '', given, token);
    if (state.TimeoutSeconds === undefined) return work;
    const seconds = Number(await this.#evaluate(state.TimeoutSeconds, name, input));
    const { reached, cancel } = time.until(time.nowMs + seconds * 1_000);
    const tooLate = reached.then(() => {
      throw new StateError('States.Timeout', `${name} ran longer than ${seconds} s`);
    });
    try {
      return await Promise.race([work, tooLate]);
    } finally {
      cancel();
    }
  }

  #delayMs({ IntervalSeconds, BackoffRate, MaxDelaySeconds, JitterStrategy }: Retrier, used: number): number {
    const grown =
      (IntervalSeconds ?? DEFAULT_RETRY.IntervalSeconds) * (BackoffRate ?? DEFAULT_RETRY.BackoffRate) ** used;
    const ms = Math.min(grown, MaxDelaySeconds ?? Number.POSITIVE_INFINITY) * 1_000;
    return JitterStrategy === 'FULL' ? this.#props.random() * ms : ms;
  }

  async #choose(state: MachineState, input: unknown): Promise<{ next: string; output: unknown }> {
    for (const rule of state.Choices ?? []) {
      if ((await this.#evaluate(rule.Condition, 'Choice', input)) === true) {
        return { next: rule.Next, output: await this.#settle(rule, 'Choice', input, input) };
      }
    }
    return { next: state.Default!, output: await this.#settle(state, 'Choice', input, input) };
  }

  async #settle(
    fields: { readonly Assign?: Template; readonly Output?: Template },
    name: string,
    input: unknown,
    otherwise: unknown,
    produced: object = {},
  ): Promise<unknown> {
    const evaluate = (template: Template) => this.#evaluate(template, name, input, produced);
    const output = fields.Output === undefined ? otherwise : await evaluate(fields.Output);
    if (fields.Assign !== undefined) {
      this.#variables = { ...this.#variables, ...((await evaluate(fields.Assign)) as Variables) }; // a record of variables
    }
    return output;
  }

  #evaluate(template: Template, name: string, input: unknown, produced: object = {}, token = ''): Promise<unknown> {
    const { input: executionInput, time } = this.#props;
    const context = {
      Execution: {
        Id: this.name,
        Name: this.name,
        Input: executionInput,
        StartTime: new Date(time.nowMs).toISOString(),
      },
      State: { Name: name, EnteredTime: this.#enteredAt, RetryCount: this.#retries },
      StateMachine: { Id: 'rollout', Name: 'rollout' },
      Task: { Token: token },
    };
    return evaluateIn(template, { variables: this.#variables, states: { input, context, ...produced } }, name);
  }
}

function matches({ ErrorEquals }: { readonly ErrorEquals: readonly string[] }, { error }: StateError): boolean {
  return ErrorEquals.some((pattern) => matchesError(pattern, error));
}
