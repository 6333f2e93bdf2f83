import type { Flow } from '../../contracts/flows.ts';
import type { Random } from '../../core/clock.ts';
import { NotFoundError } from '../../core/errors.ts';
import type { Execution as ExecutionFacts, Workflow } from '../../lambdas/ports/workflow.ts';
import { FLOW_FUNCTIONS } from '../../lib/flows.ts';
import { StateError } from '../../local/services/step-functions/state-error.ts';
import { definitionText } from '../state-machines/machines.ts';
import { type CallTask, Execution, type StateMachine } from './state-machine.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface SimulatedFlowsProps {
  readonly time: VirtualTime;
  readonly random: Random;
  /** Invokes a function by its name. Throws a StateError. */
  invoke(name: string, payload: unknown): Promise<unknown>;
  /** Runs a query to its end. */
  query(given: unknown): Promise<unknown>;
}

const ROLLOUT = machineOf('rollout', '30');

/** Step Functions with the rollout's own state machine, in virtual time. */
export class SimulatedFlows implements Workflow {
  readonly #props: SimulatedFlowsProps;
  readonly #executions = new Map<string, Execution>();
  readonly #waiting = new Map<string, (word: unknown) => void>();
  /** Starts that found their execution there already. */
  repeated = 0;

  constructor(props: SimulatedFlowsProps) {
    this.#props = props;
  }

  get executions(): readonly Execution[] {
    return [...this.#executions.values()];
  }

  async start(flow: Flow, name: string, input: object): Promise<{ readonly executionId: string }> {
    const executionId = `${flow}:${name}`;
    if (this.#executions.has(executionId)) {
      this.repeated++;
      return { executionId };
    }
    const { time, random } = this.#props;
    const execution = new Execution({
      machine: ROLLOUT,
      name,
      input: JSON.parse(JSON.stringify(input)),
      time,
      random,
      callTask: (resource, given, token) => this.#callTask(resource, given, token),
    });
    this.#executions.set(executionId, execution);
    time.at(time.nowMs + 20, () => void execution.run());
    return { executionId };
  }

  /** Step Functions loses every execution that runs. */
  abortAll(): void {
    for (const execution of this.executions) execution.abort();
  }

  async wake(taskToken: string, output: object): Promise<boolean> {
    const resume = this.#waiting.get(taskToken);
    this.#waiting.delete(taskToken);
    resume?.(output);
    return resume !== undefined;
  }

  async describe(executionId: string): Promise<ExecutionFacts> {
    const execution = this.#executions.get(executionId);
    if (execution === undefined) throw new NotFoundError('execution', executionId, null);
    const { status, output, error } = execution;
    const step = execution.entered.at(-1) ?? null;
    return { executionId, flow: 'rollout', status, step, startedAt: '', endedAt: null, output, error };
  }

  readonly #callTask: CallTask = async (resource, given, token) => {
    const [what] = resource.split(':').slice(-1);
    const payload = (given as { Payload?: unknown }).Payload; // of the Lambda integration
    const name = (given as { FunctionName?: string }).FunctionName ?? '';
    switch (resource) {
      case 'arn:aws:states:::lambda:invoke':
        return { Payload: await this.#props.invoke(name, payload) };
      case 'arn:aws:states:::lambda:invoke.waitForTaskToken': {
        const word = new Promise<unknown>((resume) => this.#waiting.set(token, resume));
        await this.#props.invoke(name, payload);
        return word;
      }
      case 'arn:aws:states:::athena:startQueryExecution.sync':
        return this.#props.query(given);
      case 'arn:aws:states:::aws-sdk:sfn:startExecution':
      case 'arn:aws:states:::states:startExecution': {
        const { Name, Input } = given as { Name: string; Input: unknown }; // of the integration
        await this.start('rollout', Name, (typeof Input === 'string' ? JSON.parse(Input) : Input) as object);
        return {};
      }
      default:
        throw new StateError('States.Runtime', `the simulation has no ${what}`);
    }
  };
}

/** The file of a machine with its placeholders filled in; functions go by their names. */
function machineOf(flow: Flow, pollSeconds: string): StateMachine {
  const values: Record<string, string> = { ...FLOW_FUNCTIONS[flow], EndpointPollSeconds: pollSeconds };
  const text = definitionText(flow).replaceAll(/\$\{(\w+)\}/g, (_, name: string) => values[name] ?? name);
  return JSON.parse(text) as StateMachine; // checked by test/state-machines
}
