import { BatchGetItemCommand, type BatchGetItemCommandInput, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { InvokeEndpointCommandInput, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { dynamoOnlineStore } from '../../../lambdas/adapters/aws/dynamo-online-store.ts';
import { eventBridgeBus } from '../../../lambdas/adapters/aws/event-bridge-bus.ts';
import { sagemakerModelInvoker } from '../../../lambdas/adapters/aws/sagemaker-model-invoker.ts';
import { stepFunctionsWorkflow } from '../../../lambdas/adapters/aws/step-functions-workflow.ts';
import { fixedClock } from '../../memory/memory-clock-and-ids.ts';
import { memoryMetrics } from '../../memory/memory-metrics.ts';

/** What an SDK throws. */
function awsError(name: string, status: number, message = 'no'): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

/** A client whose `send` is the given function of the command's input. */
function clientOf<C>(send: (input: never, command: object) => unknown): C {
  return { send: async (command: { input: never }) => send(command.input, command) } as C; // adapters call `send` alone
}

describe('sagemakerModelInvoker', () => {
  const score = (send: (input: InvokeEndpointCommandInput) => unknown, rows: (number | null)[][]) =>
    sagemakerModelInvoker(clientOf<SageMakerRuntimeClient>(send)).score('e', 'challenger', rows, 'id-1');
  const csv = (text: string) => ({ Body: new TextEncoder().encode(text) });

  it('sends CSV with nan for a missing value, to the variant the route names', async () => {
    const inputs: InvokeEndpointCommandInput[] = [];
    const scores = await score(
      (input) => {
        inputs.push(input);
        return csv('0.25\n1e-3\n');
      },
      [
        [1.5, null],
        [-0.1, 1e21],
      ],
    );
    expect(scores).toEqual([0.25, 0.001]);
    expect(inputs[0]).toMatchObject({
      EndpointName: 'e',
      TargetVariant: 'challenger',
      InferenceId: 'id-1',
      ContentType: 'text/csv',
      Accept: 'text/csv',
    });
    expect(new TextDecoder().decode(inputs[0]?.Body as Uint8Array)).toBe('1.5,nan\n-0.1,1e+21');
  });

  it.each([['0.1'], ['0.1,0.2,0.3'], [''], ['0.1\nnan'], ['{"score":1}']])(
    'does not take %j for two scores',
    async (text) => {
      await expect(score(() => csv(text), [[1], [2]])).rejects.toMatchObject({ name: 'ModelFailedError' });
    },
  );

  it.each([
    ['ModelError', 424, 'ModelFailedError', 'unavailable'],
    ['ModelNotReadyException', 429, 'UnavailableError', 'unavailable'],
    ['ValidationError', 400, 'UnavailableError', 'unavailable'],
    ['ThrottlingException', 400, 'ThrottledError', 'throttled'],
    ['TimeoutError', 0, 'UnavailableError', 'unavailable'],
    ['AccessDeniedException', 400, 'AccessDeniedError', 'bug'],
    ['ServiceUnavailable', 503, 'UnavailableError', 'unavailable'],
  ])('gives %s (%i) the name %s', async (name, status, ours, kind) => {
    const failing = score(() => {
      throw awsError(name, status);
    }, [[1]]);
    await expect(failing).rejects.toMatchObject({ name: ours, kind, cause: { name } });
  });
});

describe('dynamoOnlineStore', () => {
  const key = (id: number) => ({ entity: 'customer', key: [id], view: 'v', version: 'aaaaaaaaaaaa' });
  const make = (send: (input: BatchGetItemCommandInput) => unknown, clock = fixedClock()) =>
    dynamoOnlineStore({
      dynamo: clientOf<DynamoDBClient>((input, command) => {
        expect(command).toBeInstanceOf(BatchGetItemCommand);
        return send(input);
      }),
      onlineTable: 'online',
      registryTable: 'registry',
      clock,
      random: () => 0,
      metrics: memoryMetrics(),
    });

  it('reads features and route in one request, the route consistently, a key asked twice once', async () => {
    const inputs: BatchGetItemCommandInput[] = [];
    const store = make((input) => {
      inputs.push(input);
      return { Responses: {} };
    });
    await store.read([key(1), key(2), key(1)], ['churn']);
    expect(inputs).toEqual([
      {
        RequestItems: {
          online: {
            Keys: [1, 2].map((id) => ({ pk: { S: `["customer",${id}]` }, sk: { S: 'v@aaaaaaaaaaaa' } })),
            ConsistentRead: false,
          },
          registry: { Keys: [{ pk: { S: 'MODEL#churn' }, sk: { S: 'ROUTE' } }], ConsistentRead: true },
        },
      },
    ]);
  });

  it('asks again for what the store left over', async () => {
    let calls = 0;
    const store = make((input) => {
      const keys = input.RequestItems?.['online']?.Keys ?? [];
      const item = (at: (typeof keys)[number]) => ({
        ...at,
        v: { B: new Uint8Array(1) },
        e: { N: '1' },
        k: { N: '2' },
      });
      if (calls++ > 0) return { Responses: { online: keys.map(item) } };
      const UnprocessedKeys = { online: { Keys: keys.slice(1), ConsistentRead: false } };
      return { Responses: { online: keys.slice(0, 1).map(item) }, UnprocessedKeys };
    });
    const { items } = await store.read([key(1), key(2), key(3)], []);
    expect(items.map((item) => item?.key[0])).toEqual([1, 2, 3]);
    expect(calls).toBe(2);
  });

  it('fails rather than answer a null when keys stay unanswered', async () => {
    const clock = fixedClock();
    const store = make(({ RequestItems }) => {
      clock.advance(2_000);
      return { Responses: {}, UnprocessedKeys: RequestItems };
    }, clock);
    await expect(store.read([key(1)], [])).rejects.toMatchObject({ name: 'UnavailableError', kind: 'unavailable' });
  });

  it('says when an item is not what this store writes', async () => {
    const store = make(({ RequestItems }) => ({ Responses: { online: RequestItems?.['online']?.Keys } }));
    await expect(store.read([key(1)], [])).rejects.toMatchObject({ kind: 'corrupt-data' });
  });
});

describe('stepFunctionsWorkflow', () => {
  const train = 'arn:aws:states:us-east-1:000000000000:stateMachine:train';
  const make = (send: (input: never, command: object) => unknown) =>
    stepFunctionsWorkflow(clientOf<SFNClient>(send), { train });

  it('answers the execution that is there when the cause was started before', async () => {
    const workflow = make(() => {
      throw awsError('ExecutionAlreadyExists', 400);
    });
    expect(await workflow.start('train', 'n', {})).toEqual({ executionId: 'train:n' });
  });

  it('describes an execution with its last state, output and error', async () => {
    const workflow = make((input: { executionArn: string; maxResults?: number }) => {
      expect(input.executionArn).toBe('arn:aws:states:us-east-1:000000000000:execution:train:n');
      if (input.maxResults !== undefined) return { events: [{}, { stateEnteredEventDetails: { name: 'Seal' } }] };
      const [startDate, stopDate] = [new Date(0), new Date(1000)];
      return { status: 'FAILED', startDate, stopDate, error: 'FileRejectedError', cause: 'because' };
    });
    expect(await workflow.describe('train:n')).toEqual({
      executionId: 'train:n',
      flow: 'train',
      status: 'FAILED',
      step: 'Seal',
      startedAt: '1970-01-01T00:00:00.000Z',
      endedAt: '1970-01-01T00:00:01.000Z',
      output: null,
      error: { name: 'FileRejectedError', message: 'because' },
    });
  });

  it('names the state that failed, not what came after it', async () => {
    const entered = (name: string, type = 'TaskStateEntered') => ({ type, stateEnteredEventDetails: { name } });
    const failed = { type: 'TaskFailed' };
    const events = [
      { type: 'ExecutionFailed' },
      entered('Failed', 'FailStateEntered'),
      { type: 'TaskSucceeded' },
      entered('AbandonRun'),
      failed,
      failed,
      entered('LoadFile'),
    ];
    const workflow = make((input: { maxResults?: number }) =>
      input.maxResults === undefined ? { status: 'FAILED', error: 'E', cause: 'because' } : { events },
    );
    expect((await workflow.describe('train:n')).step).toBe('LoadFile');
  });

  it.each([
    ['a function', { errorMessage: 'no rows', errorType: 'E', trace: ['at x.js:1:1'] }, 'no rows'],
    ['a job', { TrainingJobName: 't', FailureReason: 'ClientError: max_depth' }, 'ClientError: max_depth'],
    ['a query', { QueryExecution: { Status: { StateChangeReason: 'no table' } } }, 'no table'],
    ['something else', { Reason: 'other' }, '{"Reason":"other"}'],
  ])('tells people the reason that %s gave', async (_who, cause, message) => {
    const workflow = make((input: { maxResults?: number }) =>
      input.maxResults === undefined ? { status: 'FAILED', error: 'E', cause: JSON.stringify(cause) } : {},
    );
    expect((await workflow.describe('train:n')).error).toEqual({ name: 'E', message });
  });

  it.each(['train:nobody', 'nobody', 'fly:n', 'train:a b'])('knows no execution %j', async (id) => {
    const workflow = make(() => {
      throw new ExecutionDoesNotExist({ message: 'no', $metadata: {} });
    });
    await expect(workflow.describe(id)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('eventBridgeBus', () => {
  const props = { bus: 'b', source: 'headgate.dev', clock: fixedClock() };
  const events = Array.from({ length: 12 }, (_, i) => ({ type: 't', subject: 'churn', data: { i } }));

  it('publishes CloudEvents, ten to a call', async () => {
    const calls: { Entries: { Detail: string }[] }[] = [];
    const client = clientOf<EventBridgeClient>((input) => {
      calls.push(input);
      return {};
    });
    await eventBridgeBus(client, props).publish(events);
    expect(calls.map(({ Entries }) => Entries.length)).toEqual([10, 2]);
    expect(JSON.parse(calls[0]?.Entries[0]?.Detail ?? '')).toMatchObject({
      specversion: '1.0',
      source: 'headgate.dev',
      type: 't',
      subject: 'churn',
      time: '2026-03-01T12:00:00.000Z',
      data: { i: 0 },
    });
  });

  it('gives an event that is told again its id again, and every other one another', async () => {
    const details: { id: string; says?: string; runbook?: string }[] = [];
    const client = clientOf<EventBridgeClient>((input: { Entries: { Detail: string }[] }) => {
      details.push(...input.Entries.map(({ Detail }) => JSON.parse(Detail)));
      return {};
    });
    const bus = eventBridgeBus(client, props);
    const drift = { type: 'headgate.drift.found', subject: 'churn', data: { scanId: 'a', rows: 5, left: undefined } };
    await bus.publish([drift, drift, { ...drift, data: { scanId: 'b', rows: 5 } }, { ...drift, subject: 'spend' }]);
    await bus.publish([
      { ...drift, data: { at: 1 }, key: 'k' },
      { ...drift, data: { at: 2 }, key: 'k' },
    ]);
    const ids = details.map(({ id }) => id);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[5]).toBe(ids[4]);
    expect(new Set(ids).size).toBe(4);
    expect(details[0]).toMatchObject({
      says: 'is asked, or answers, differently from what it learned',
      runbook: 'docs/runbook.md#model-drifting',
    });
  });

  it('fails when the bus did not take an event', async () => {
    const answer = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException' }] };
    const bus = eventBridgeBus(
      clientOf<EventBridgeClient>(() => answer),
      props,
    );
    await expect(bus.publish(events)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
