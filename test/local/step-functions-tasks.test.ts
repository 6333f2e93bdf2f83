import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AwsError, type LocalService } from '../../local/service.ts';
import { chain, type FakeJobs, fakeJobs, fakeLambda, type Lab, makeLab, ROLE } from './step-functions-lab.ts';

class Flaky extends Error {
  override readonly name = 'Flaky';
}

let lab: Lab;
let jobs: FakeJobs;
let failuresLeft = 0;
const items: Record<string, unknown>[] = [];
const events: Record<string, unknown>[] = [];
let token = '';

const dynamo: LocalService = {
  signingNames: ['dynamodb'],
  operations: {
    PutItem: async (input) => {
      if (input['ConditionExpression'] !== undefined) {
        throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed');
      }
      items.push({ ...input });
      return {};
    },
  },
};
const bus: LocalService = {
  signingNames: ['events'],
  operations: {
    PutEvents: async (input) => {
      events.push({ ...input });
      return { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] };
    },
  },
};

beforeEach(() => {
  failuresLeft = 0;
  items.length = 0;
  events.length = 0;
  jobs = fakeJobs();
  const functions = fakeLambda({
    flaky: () => {
      if (failuresLeft-- > 0) throw new Flaky('not yet');
      return 'done';
    },
    ask: (payload) => {
      token = (payload as { token: string }).token;
      return 'asked';
    },
    hang: () => new Promise(() => undefined),
  });
  lab = makeLab({ services: [functions, jobs, dynamo, bus] });
});
afterEach(() => lab.remove());

const invoke = (name: string, rest: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: name },
  Output: '{% $states.result.Payload %}',
  ...rest,
});
const train = (name: string, rest: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::sagemaker:createTrainingJob.sync',
  Arguments: { TrainingJobName: name },
  ...rest,
});
const ask = (rest: object = {}) => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Arguments: { FunctionName: 'ask', Payload: { token: '{% $states.context.Task.Token %}' } },
  ...rest,
});
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('retry and catch', () => {
  const retry = { Retry: [{ ErrorEquals: ['Flaky'], MaxAttempts: 2, IntervalSeconds: 1, JitterStrategy: 'FULL' }] };

  it('retries a named error as often as it may', async () => {
    failuresLeft = 2;
    expect((await lab.run(chain({ Call: invoke('flaky', retry) }))).output).toBe('done');
  });

  it('gives up with the name and the payload of the function error', async () => {
    failuresLeft = 3;
    const { status, error, cause } = await lab.run(chain({ Call: invoke('flaky', retry) }));
    expect({ status, error }).toEqual({ status: 'FAILED', error: 'Flaky' });
    expect(JSON.parse(cause ?? '')).toEqual({ errorType: 'Flaky', errorMessage: 'not yet' });
  });

  it('catches, assigns, and shapes what goes on', async () => {
    failuresLeft = 1;
    const { output } = await lab.run(
      chain({
        Call: invoke('flaky', {
          Next: 'Done',
          Catch: [
            {
              ErrorEquals: ['States.TaskFailed'],
              Next: 'Done',
              Assign: { reason: '{% $parse($states.errorOutput.Cause).errorMessage %}' },
              Output: { was: '{% $states.input %}', error: '{% $states.errorOutput.Error %}' },
            },
          ],
        }),
        Done: { Type: 'Succeed', Output: { reason: '{% $reason %}', in: '{% $states.input %}' } },
      }),
      'start',
    );
    expect(output).toEqual({ reason: 'not yet', in: { was: 'start', error: 'Flaky' } });
  });

  it('counts retries in the context', async () => {
    failuresLeft = 2;
    const counted = { ...retry, Output: '{% $states.context.State.RetryCount %}' };
    expect((await lab.run(chain({ Call: invoke('flaky', counted) }))).output).toBe(2);
  });

  it('ends a task that takes longer than it may', async () => {
    const execution = await lab.run(chain({ Call: invoke('hang', { TimeoutSeconds: 1 }) }));
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  });
});

describe('errors of services', () => {
  it.each([
    [
      'the modelled error of an SDK call',
      { Resource: 'arn:aws:states:::aws-sdk:sagemaker:describeModelPackage', Arguments: { ModelPackageName: 'x' } },
      'SageMaker.ResourceNotFoundException',
    ],
    [
      'an error the service does not model',
      { Resource: 'arn:aws:states:::aws-sdk:sagemaker:describeEndpoint', Arguments: { EndpointName: 'x' } },
      'SageMaker.SageMakerException',
    ],
    [
      'a condition of an optimized DynamoDB call',
      { Resource: 'arn:aws:states:::dynamodb:putItem', Arguments: { ConditionExpression: 'a' } },
      'DynamoDB.ConditionalCheckFailedException',
    ],
    [
      'a condition of an SDK DynamoDB call',
      { Resource: 'arn:aws:states:::aws-sdk:dynamodb:putItem', Arguments: { ConditionExpression: 'a' } },
      'DynamoDb.ConditionalCheckFailedException',
    ],
    [
      'an execution that does not exist',
      { Resource: 'arn:aws:states:::aws-sdk:sfn:describeExecution', Arguments: { ExecutionArn: 'arn:x' } },
      'Sfn.ExecutionDoesNotExistException',
    ],
    [
      'an unknown function',
      { Resource: 'arn:aws:states:::lambda:invoke', Arguments: { FunctionName: 'no' } },
      'Lambda.ResourceNotFoundException',
    ],
  ])('names %s', async (_why, task, error) => {
    expect(await lab.run(chain({ Call: { Type: 'Task', ...task } }))).toMatchObject({ status: 'FAILED', error });
  });

  it('passes on what the role may not do', async () => {
    lab.region.denied.add('states:DescribeExecution arn:x');
    const task = { Resource: 'arn:aws:states:::aws-sdk:sfn:describeExecution', Arguments: { ExecutionArn: 'arn:x' } };
    const { error, cause } = await lab.run(chain({ Call: { Type: 'Task', ...task } }));
    expect(error).toBe('Sfn.SfnException');
    expect(cause).toContain('assumed-role/machine/local is not authorized to perform: states:DescribeExecution');
  });

  it('turns event details into text and adds the execution to the resources', async () => {
    const Entries = [{ Source: 'me', DetailType: 't', Detail: { a: '{% $states.input %}' } }];
    const put = { Type: 'Task', Resource: 'arn:aws:states:::events:putEvents', Arguments: { Entries } };
    const { arn } = await lab.run(chain({ Put: put }), 1);
    expect(events).toEqual([
      { Entries: [{ ...Entries[0], Detail: '{"a":1}', Resources: [arn, expect.stringContaining(':stateMachine:')] }] },
    ]);
  });
});

describe('.sync', () => {
  it('waits for the job and gives its description', async () => {
    const { output } = await lab.run(chain({ Train: train("{% 'job-' & $states.input %}") }), 1);
    expect(output).toEqual({ TrainingJobName: 'job-1', TrainingJobStatus: 'Completed' });
    expect(jobs.started).toEqual(['job-1']);
  });

  it('fails with the description of a failed job', async () => {
    const { error, cause } = await lab.run(chain({ Train: train('bad') }));
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause ?? '')).toMatchObject({ TrainingJobStatus: 'Failed' });
  });

  it('stops the job when the execution is stopped', async () => {
    jobs = fakeJobs(1e9);
    lab.region.services.splice(
      lab.region.services.findIndex((s) => s.signingNames[0] === 'sagemaker'),
      1,
      jobs,
    );
    const executionArn = await lab.start(await lab.machine(chain({ Train: train('long') })));
    await until(() => jobs.started.length === 1);
    await lab.call('StopExecution', { executionArn, error: 'Enough', cause: 'because' });
    expect(await lab.end(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Enough', cause: 'because' });
    await until(() => jobs.stopped.length === 1);
  });

  it('is refused when the role may not have the job watched', async () => {
    lab.region.denied.add('events:PutRule');
    await expect(lab.machine(chain({ Train: train('x') }))).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });

  it('runs another machine and reads its output', async () => {
    const inner = await lab.machine(chain({ In: { Type: 'Pass', Output: { got: '{% $states.input.x %}' } } }));
    const Arguments = { StateMachineArn: inner, Input: { x: '{% $states.input %}' } };
    const outer = chain({
      Nested: { Type: 'Task', Resource: 'arn:aws:states:::states:startExecution.sync:2', Arguments },
    });
    const machine = await lab.machine(outer, { StateMachineName: 'outer' });
    const { output } = await lab.end(await lab.start(machine, 5));
    expect(output).toMatchObject({ Status: 'SUCCEEDED', Output: { got: 5 }, Input: { x: 5 } });
  });
});

describe('.waitForTaskToken', () => {
  it('goes on with what SendTaskSuccess brings', async () => {
    token = '';
    const executionArn = await lab.start(await lab.machine(chain({ Ask: ask() })));
    await until(() => token !== '');
    await lab.call('SendTaskSuccess', { taskToken: token, output: '{"approved":true}' });
    expect((await lab.end(executionArn)).output).toEqual({ approved: true });
    await expect(lab.call('SendTaskSuccess', { taskToken: token, output: '1' })).rejects.toMatchObject({
      code: 'TaskTimedOut',
    });
    await expect(lab.call('SendTaskSuccess', { taskToken: '?', output: '1' })).rejects.toMatchObject({
      code: 'InvalidToken',
    });
  });

  it('fails with what SendTaskFailure brings', async () => {
    token = '';
    const executionArn = await lab.start(await lab.machine(chain({ Ask: ask() })));
    await until(() => token !== '');
    await lab.call('SendTaskFailure', { taskToken: token, error: 'Rejected', cause: 'no' });
    expect(await lab.end(executionArn)).toMatchObject({ status: 'FAILED', error: 'Rejected', cause: 'no' });
  });

  it('ends when no heartbeat comes, and a handler for States.Timeout catches it', async () => {
    const beating = ask({ HeartbeatSeconds: 1, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }] });
    const { output } = await lab.run(
      chain({ Ask: { ...beating, Next: 'Late' }, Late: { Type: 'Succeed', Output: '{% $states.input.Error %}' } }),
    );
    expect(output).toBe('States.HeartbeatTimeout');
  });
});

it('calls everything as the role of the machine', async () => {
  await lab.run(chain({ Train: train('role') }));
  const rules = lab.region.questions.filter(({ action }) => action.startsWith('events:'));
  expect(rules.map(({ caller, action }) => [caller.roleArn, action])).toEqual([
    [ROLE, 'events:PutTargets'],
    [ROLE, 'events:PutRule'],
    [ROLE, 'events:DescribeRule'],
  ]);
});
