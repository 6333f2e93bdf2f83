import { randomUUID } from 'node:crypto';
import type { Flow } from '../../contracts/flows.ts';
import { FLOW_FUNCTIONS } from '../../lib/flows.ts';
import { AwsError, type LocalService } from '../../local/service.ts';
import { type Execution, fakeLambda, type Lab, makeLab } from '../local/step-functions-lab.ts';
import { definitionText } from './machines.ts';

/** What a function of the walk answers; an array answers call after call, its last for ever. */
export type Script = (payload: Record<string, unknown>, call: number) => unknown;

export interface Walk extends Execution {
  /** Functions and services in the order they were called. */
  readonly calls: readonly string[];
  /** What each call was given, by name. */
  readonly given: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  /** Inputs of the rollouts that were started, by the name of the execution. */
  readonly rollouts: Readonly<Record<string, unknown>>;
}

/** An error as a function of ours throws it. */
export function failure(name: string, message = 'scripted'): Error {
  return Object.assign(new Error(message), { name });
}

/**
 * Runs a state machine's file on the laptop's interpreter: functions and services answer from the script, by the
 * function's name (`rollout/begin`) or the operation's (`CreateModel`).
 */
export async function walk(flow: Flow, input: object, script: Readonly<Record<string, Script>>): Promise<Walk> {
  const calls: string[] = [];
  const given: Record<string, Record<string, unknown>[]> = {};
  const answer = (name: string, payload: Record<string, unknown>): unknown => {
    calls.push(name);
    given[name] = [...(given[name] ?? []), payload];
    const scripted = script[name];
    if (scripted === undefined) throw new Error(`the walk has no answer for ${name}`);
    return scripted(payload, given[name].length - 1);
  };
  const functions = Object.values(FLOW_FUNCTIONS[flow]).map(
    (name) => [name, (payload: unknown) => answer(name, payload as Record<string, unknown>)] as const, // payloads are objects
  );
  const lab = makeLab({ services: [fakeLambda(Object.fromEntries(functions)), ...jobs(answer)] });
  try {
    const arn = await lab.machine(JSON.parse(definitionText(flow)), {
      DefinitionSubstitutions: { ...FLOW_FUNCTIONS[flow], EndpointPollSeconds: '5', RolloutMachineArn: rolloutMachine },
    });
    await lab.machine(NOTHING, { StateMachineName: 'rollout' });
    const execution = await lab.end(await lab.start(arn, input, `walk-${randomUUID()}`));
    return { ...execution, calls, given, rollouts: await rolloutsIn(lab) };
  } finally {
    await lab.remove();
  }
}

const rolloutMachine = 'arn:aws:states:us-east-1:000000000000:stateMachine:rollout';
const NOTHING = { QueryLanguage: 'JSONata', StartAt: 'Nothing', States: { Nothing: { Type: 'Succeed' } } };

async function rolloutsIn(lab: Lab): Promise<Record<string, unknown>> {
  const { executions } = await lab.call('ListExecutions', { stateMachineArn: rolloutMachine });
  const found = executions as readonly { readonly executionArn: string; readonly name: string }[]; // shape of the API
  const inputs = found.map(async ({ executionArn, name }) => {
    const { input } = await lab.call('DescribeExecution', { executionArn });
    return [name, JSON.parse(String(input))] as const;
  });
  return Object.fromEntries(await Promise.all(inputs));
}

/** Athena, Glue and SageMaker, whose jobs are over at the first look; the script is asked when one is started. */
function jobs(answer: (name: string, payload: Record<string, unknown>) => unknown): readonly LocalService[] {
  const started = (name: string) => async (input: Readonly<Record<string, unknown>>) => {
    const { isRefused, message } = (answer(name, { ...input }) ?? {}) as { isRefused?: string; message?: string }; // by the script
    if (isRefused !== undefined) throw new AwsError(isRefused, message ?? 'scripted');
    return { QueryExecutionId: 'q-1', ModelArn: 'arn:model', TrainingJobArn: 'arn:job', TransformJobArn: 'arn:job' };
  };
  const name = (input: Readonly<Record<string, unknown>>) => String(input['TrainingJobName']);
  return [
    {
      signingNames: ['athena'],
      operations: {
        StartQueryExecution: started('StartQueryExecution'),
        GetQueryExecution: async () => ({
          QueryExecution: { QueryExecutionId: 'q-1', Status: { State: 'SUCCEEDED' } },
        }),
      },
    },
    { signingNames: ['glue'], operations: { CreateTable: started('CreateTable') } },
    {
      signingNames: ['sagemaker'],
      operations: {
        CreateModel: started('CreateModel'),
        CreateTrainingJob: started('CreateTrainingJob'),
        CreateTransformJob: started('CreateTransformJob'),
        CreateHyperParameterTuningJob: started('CreateHyperParameterTuningJob'),
        DescribeHyperParameterTuningJob: async (input) => ({
          ...input,
          HyperParameterTuningJobStatus: 'Completed',
          TrainingJobStatusCounters: { Completed: 4 },
          BestTrainingJob: {
            TrainingJobName: 'best-of-search',
            FinalHyperParameterTuningJobObjectiveMetric: { MetricName: 'validation:auc', Value: 0.75 },
          },
        }),
        DescribeTrainingJob: async (input) => ({
          TrainingJobName: name(input),
          TrainingJobStatus: 'Completed',
          ModelArtifacts: { S3ModelArtifacts: 's3://artifact/model.tar.gz' },
          TrainingStartTime: 1_760_000_000,
          TrainingEndTime: 1_760_000_060,
          AlgorithmSpecification: { TrainingImage: 'image' },
          HyperParameters: { num_round: '12', _tuning_objective_metric: 'validation:auc' },
        }),
        DescribeTransformJob: async () => ({
          TransformJobStatus: 'Completed',
          TransformStartTime: 1_760_000_000,
          TransformEndTime: 1_760_000_060,
          TransformResources: { InstanceType: 'ml.m5.xlarge', InstanceCount: 1 },
        }),
      },
    },
  ];
}
