/** A fake region with Step Functions in it and services that a test scripts. */

import { makeRegionClock } from '../../local/clock.ts';
import { AwsError, type LocalService, type Operation, type ResourceRequest } from '../../local/service.ts';
import { makeStepFunctionsService } from '../../local/services/step-functions/step-functions-service.ts';
import { type FakeRegion, fakeRegion, PERSON } from './fake-region.ts';

export const ROLE = 'arn:aws:iam::000000000000:role/machine';

export interface Lab {
  readonly region: FakeRegion;
  readonly service: LocalService;
  call(operation: string, input: object): Promise<Record<string, unknown>>;
  /** Brings up a machine. @returns its ARN */
  machine(definition: object, properties?: Record<string, unknown>): Promise<string>;
  start(machineArn: string, input?: unknown, name?: string): Promise<string>;
  /** Waits for the end of an execution. */
  end(executionArn: string): Promise<Execution>;
  /** Brings up, starts and waits. */
  run(definition: object, input?: unknown): Promise<Execution>;
  remove(): Promise<void>;
}

export interface Execution {
  readonly arn: string;
  readonly status: string;
  readonly output: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** @param options.region another process's region, to go on with its state */
export function makeLab(
  options: { readonly services?: readonly LocalService[]; readonly region?: FakeRegion } = {},
): Lab {
  const region = options.region ?? fakeRegion({ clock: makeRegionClock(1000) });
  const service = makeStepFunctionsService(region);
  region.services.push(service, ...(options.services ?? []));
  const call = (operation: string, input: object) => region.invoke('states', operation, input, PERSON);

  const lab: Lab = {
    region,
    service,
    call,
    machine: async (definition, properties = {}) => {
      const { ref } = await service.resources!['AWS::StepFunctions::StateMachine']!.provision(
        resourceRequest({ DefinitionString: JSON.stringify(definition), RoleArn: ROLE, ...properties }),
      );
      return ref;
    },
    start: async (stateMachineArn, input = {}, name) => {
      const request = { stateMachineArn, input: JSON.stringify(input), ...(name === undefined ? {} : { name }) };
      return String((await call('StartExecution', request))['executionArn']);
    },
    end: async (executionArn) => {
      for (;;) {
        const found = await call('DescribeExecution', { executionArn });
        if (found['status'] !== 'RUNNING') {
          return {
            arn: executionArn,
            status: String(found['status']),
            output: found['output'] === undefined ? undefined : JSON.parse(String(found['output'])),
            ...(found['error'] === undefined ? {} : { error: String(found['error']) }),
            ...(found['cause'] === undefined ? {} : { cause: String(found['cause']) }),
          };
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    run: async (definition, input) => lab.end(await lab.start(await lab.machine(definition), input)),
    remove: async () => {
      await service.stop?.();
      region.remove();
    },
  };
  return lab;
}

export function resourceRequest(properties: Record<string, unknown>, logicalId = 'Thing'): ResourceRequest {
  return { stackName: 'Test', logicalId, properties, generatedName: `Test-${logicalId}-abc`, assemblyDir: '/nowhere' };
}

/** `{ StartAt, States }` of a machine whose states follow one another, in JSONata. */
export function chain(states: Record<string, Record<string, unknown>>): {
  QueryLanguage: string;
  StartAt: string;
  States: Record<string, Record<string, unknown>>;
} {
  const names = Object.keys(states);
  const linked = names.map((name, index) => {
    const state = states[name]!;
    const isClosed = ['Choice', 'Succeed', 'Fail'].includes(String(state['Type'])) || 'Next' in state || 'End' in state;
    const next = names[index + 1];
    return [name, isClosed ? state : { ...state, ...(next === undefined ? { End: true } : { Next: next }) }];
  });
  return { QueryLanguage: 'JSONata', StartAt: names[0]!, States: Object.fromEntries(linked) };
}

/** Functions by name; what they throw becomes a function error. */
export function fakeLambda(functions: Record<string, (payload: unknown) => unknown>): LocalService {
  return {
    signingNames: ['lambda'],
    operations: {
      Invoke: async (input) => {
        const run = functions[String(input['FunctionName'])];
        if (run === undefined) throw new AwsError('ResourceNotFoundException', 'Function not found', 404);
        try {
          const answer = await run(JSON.parse(String(input['Payload'])));
          return { StatusCode: 200, Payload: JSON.stringify(answer ?? null) };
        } catch (error) {
          const { name, message } = error as Error; // the functions of these tests throw errors
          const Payload = JSON.stringify({ errorType: name, errorMessage: message });
          return { StatusCode: 200, FunctionError: 'Unhandled', Payload };
        }
      },
    },
  };
}

export interface FakeJobs extends LocalService {
  readonly started: string[];
  readonly stopped: string[];
}

/** SageMaker training jobs that are done after so many looks; a name that begins with `bad` fails. */
export function fakeJobs(looks = 2): FakeJobs {
  const left = new Map<string, number>();
  const started: string[] = [];
  const stopped: string[] = [];
  const nameOf: (input: Parameters<Operation>[0]) => string = (input) => String(input['TrainingJobName']);
  return {
    signingNames: ['sagemaker'],
    started,
    stopped,
    operations: {
      CreateTrainingJob: async (input) => {
        const name = nameOf(input);
        if (left.has(name)) throw new AwsError('ResourceInUse', `Training job names must be unique: ${name}`);
        left.set(name, looks);
        started.push(name);
        return { TrainingJobArn: `arn:aws:sagemaker:us-east-1:000000000000:training-job/${name}` };
      },
      DescribeTrainingJob: async (input) => {
        const name = nameOf(input);
        const remaining = left.get(name);
        if (remaining === undefined) throw new AwsError('ValidationException', 'Requested resource not found.');
        left.set(name, remaining - 1);
        const done = name.startsWith('bad') ? 'Failed' : 'Completed';
        return { TrainingJobName: name, TrainingJobStatus: remaining > 1 ? 'InProgress' : done };
      },
      StopTrainingJob: async (input) => {
        stopped.push(nameOf(input));
        return {};
      },
      DescribeEndpoint: async () => {
        throw new AwsError('ValidationException', 'Could not find endpoint.');
      },
      DescribeModelPackage: async () => {
        throw new AwsError('ResourceNotFound', 'No such package.');
      },
    },
  };
}
