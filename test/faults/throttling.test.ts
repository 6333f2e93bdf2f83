import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  CreateEndpointConfigCommand,
  CreateModelCommand,
  DescribeEndpointCommand,
  type SageMakerClient,
  UpdateEndpointCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dynamoClient } from '../../lambdas/adapters/aws/dynamo-client.ts';
import { dynamoModelRegistry } from '../../lambdas/adapters/aws/dynamo-model-registry.ts';
import { dynamoOnlineStore } from '../../lambdas/adapters/aws/dynamo-online-store.ts';
import { dynamoTableLog } from '../../lambdas/adapters/aws/dynamo-table-log.ts';
import { jitteredPause } from '../../lambdas/adapters/aws/jittered-pause.ts';
import { sagemakerModelHosting } from '../../lambdas/adapters/aws/sagemaker-model-hosting.ts';
import { fixedClock } from '../memory/memory-clock-and-ids.ts';
import { memoryMetrics } from '../memory/memory-metrics.ts';
import { awsError, fakeDynamo } from './fake-dynamo.ts';

const key = (id: number) => ({ entity: 'customer', key: [id], view: 'v', version: 'aaaaaaaaaaaa' });
const item = (id: number) => ({
  ...key(id),
  values: new Uint8Array([1]),
  eventTimeMs: 1,
  knownAtMs: 1,
  expiresAtMs: null,
});

function storeOver(dynamo: DynamoDBClient) {
  const clock = fixedClock();
  const tables = { onlineTable: 'online', registryTable: null };
  return dynamoOnlineStore({ dynamo, ...tables, clock, random: () => 0, metrics: memoryMetrics() });
}

describe('fault 38: SageMaker throttles its control API', () => {
  const wanted = {
    endpointName: 'headgate-test-churn',
    executionRoleArn: 'arn:aws:iam::000000000000:role/churn',
    variants: [
      {
        variant: 'champion' as const,
        releaseId: 'a'.repeat(64),
        image: 'image',
        artifactUri: 's3://artifacts/model.tar.gz',
        instanceType: 'ml.m5.large',
        instanceCount: 1,
      },
    ],
    dataCapture: null,
    scaling: [],
  };

  /** An endpoint in service, and a SageMaker that throttles the calls of these numbers. */
  function hosting(throttled: ReadonlySet<number>) {
    const made: string[] = [];
    let [calls, config] = [0, 'before'];
    const once = (what: string) => {
      if (made.includes(what)) throw awsError('ValidationException', `Cannot create already existing ${what}`);
      made.push(what);
    };
    const send = async (command: unknown): Promise<object> => {
      if (throttled.has(++calls)) throw awsError('ThrottlingException', 'Rate exceeded');
      if (command instanceof DescribeEndpointCommand)
        return { EndpointStatus: 'InService', EndpointConfigName: config };
      if (command instanceof CreateModelCommand) once(`model ${command.input.ModelName}`);
      if (command instanceof CreateEndpointConfigCommand) once(`config ${command.input.EndpointConfigName}`);
      if (command instanceof UpdateEndpointCommand) {
        config = command.input.EndpointConfigName ?? '';
        made.push(`update to ${config}`);
      }
      return {};
    };
    const client = { send } as unknown; // all the adapter uses of a client
    const port = sagemakerModelHosting(client as SageMakerClient, client as ApplicationAutoScalingClient);
    return { port, made, calls: () => calls };
  }

  it('at any call of a change: the flow is told to try again, and what it then makes is made once', async () => {
    const calm = hosting(new Set());
    await calm.port.pointEndpoint(wanted);
    const calls = calm.calls();
    expect(calls).toBe(5);
    for (let at = 1; at <= calls; at++) {
      const { port, made } = hosting(new Set([at]));
      await expect(port.pointEndpoint(wanted)).rejects.toMatchObject({ name: 'ThrottledError', kind: 'throttled' });
      await port.pointEndpoint(wanted);
      expect(made).toEqual(calm.made);
    }
  });

  it('while it is asked how the change goes', async () => {
    const { port } = hosting(new Set([1]));
    await expect(port.status(wanted)).rejects.toMatchObject({ name: 'ThrottledError' });
    expect(await port.status(wanted)).toEqual({ state: 'other-content', missing: ['champion'] });
  });
});

describe('fault 39: one key that is asked for more than its partition gives', () => {
  const hot = '["customer",7]';
  const fails = (_: string, pk: string) => (pk === hot ? awsError('ProvisionedThroughputExceededException') : null);

  it('a read fails at once and says so, and other entities are read', async () => {
    const dynamo = fakeDynamo({ fails });
    const store = storeOver(dynamo.client);
    const refused = { name: 'ThrottledError', message: expect.stringContaining('try again') };
    await expect(store.read([key(7)], [])).rejects.toMatchObject(refused);
    expect(await store.read([key(8)], [])).toEqual({ items: [null], routes: [] });
  });

  it('a write of many fails with the key, without beginning those that are left', async () => {
    const dynamo = fakeDynamo({ fails });
    const items = Array.from({ length: 1_000 }, (_, id) => item(id));
    await expect(storeOver(dynamo.client).write(items)).rejects.toMatchObject({ name: 'ThrottledError' });
    expect(dynamo.writes.length).toBeLessThan(200);
  });

  it('an item that others keep changing is given up after twelve tries', async () => {
    const dynamo = fakeDynamo({
      fails: (kind) => (kind === 'write' ? awsError('ConditionalCheckFailedException') : null),
    });
    const change = { key: key(7), next: () => item(7) };
    await expect(storeOver(dynamo.client).update([change])).rejects.toMatchObject({
      name: 'UnavailableError',
      message: expect.stringContaining('written by others 12 times'),
    });
    expect(dynamo.writes).toHaveLength(12);
  });
});

describe('fault 42: a transaction that is cancelled for one of its items', () => {
  const event = { action: 'a', actor: 'b', at: '2026-03-01T12:00:00.000Z', detail: {} };
  const hosting = { name: 'churn', endpointName: 'e', executionRoleArn: 'r', modelPackageGroup: 'g', image: 'i' };

  /** Reads find nothing; every transaction is cancelled for the reason of its second item. */
  function cancelling(code: string) {
    let transactions = 0;
    const send = async (command: { input: { TransactItems?: unknown }; constructor: { name: string } }) => {
      if (!command.constructor.name.startsWith('TransactWrite')) return {};
      transactions++;
      throw new TransactionCanceledException({
        message: `Transaction cancelled, please refer cancellation reasons for specific reasons [None, ${code}]`,
        CancellationReasons: [{ Code: 'None' }, { Code: code, Message: 'about the item' }],
        $metadata: { httpStatusCode: 400 },
      });
    };
    return { client: { send } as unknown as DynamoDBClient, transactions: () => transactions };
  }

  it.each(['ThrottlingError', 'ProvisionedThroughputExceeded'])(
    'because of %s may be tried again, and names the reason',
    async (code) => {
      const refused = { name: 'ThrottledError', kind: 'throttled', message: expect.stringContaining(code) };
      const { client, transactions } = cancelling(code);
      const registry = dynamoModelRegistry(client, 't', fixedClock(), async () => {});
      await expect(registry.registerModel(hosting, event)).rejects.toMatchObject(refused);
      expect(transactions()).toBe(5); // the registry tries a few times by itself: a person may wait for it
      const log = dynamoTableLog(client, 't', fixedClock());
      await expect(log.open('source_orders', 'run-1', 1_000, 'alone')).rejects.toMatchObject(refused);
      expect(transactions()).toBe(6);
    },
  );

  it('because of what it holds is a bug that names the reason, and is not tried again', async () => {
    const { client, transactions } = cancelling('ValidationError');
    await expect(dynamoModelRegistry(client, 't').registerModel(hosting, event)).rejects.toMatchObject({
      name: 'AwsRequestError',
      message: expect.stringContaining('ValidationError'),
    });
    expect(transactions()).toBe(1);
  });

  it('because another was first is decided anew, a bounded number of times', async () => {
    const { client, transactions } = cancelling('ConditionalCheckFailed');
    const paused: number[] = [];
    const pause = jitteredPause(
      () => 0.5,
      async (ms) => paused.push(ms),
    );
    const log = dynamoTableLog(client, 't', fixedClock(), pause);
    await expect(log.open('source_orders', 'run-1', 1_000, 'alone')).rejects.toMatchObject({ kind: 'unavailable' });
    expect(transactions()).toBe(20);
    expect(paused).toEqual([5, 10, 20, 40, 80, ...Array(14).fill(125)]);
  });
});

describe('fault 43: a store that refuses everybody', () => {
  let server: Server;
  let isWell = false;
  let requests = 0;
  const before = { ...process.env };

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        requests++;
        const error = { __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'Rate exceeded' };
        response.writeHead(isWell ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
        response.end(JSON.stringify(isWell ? { Responses: {} } : error));
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  });
  beforeEach(() => {
    [isWell, requests] = [false, 0];
    const { port } = server.address() as AddressInfo; // it listens on a port
    process.env['AWS_ENDPOINT_URL'] = `http://127.0.0.1:${port}`;
    process.env['AWS_REGION'] = 'us-east-1';
    process.env['AWS_ACCESS_KEY_ID'] = 'tests';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'tests';
  });
  afterEach(() => {
    process.env = { ...before };
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  it('is asked three times by one request, and much less by each of many; when it is well again it is served at once', async () => {
    const store = storeOver(dynamoClient());
    const read = (id: number) => store.read([key(id)], []);
    await expect(read(0)).rejects.toMatchObject({ name: 'ThrottledError', kind: 'throttled' });
    expect(requests).toBe(3);

    requests = 0;
    const storm = await Promise.allSettled(Array.from({ length: 200 }, (_, id) => read(id)));
    expect(storm.every(({ status }) => status === 'rejected')).toBe(true);
    // 500 tokens, 5 a try: the SDK's budget for one client, less what the request above took
    expect(requests).toBeLessThanOrEqual(200 + 100);

    [isWell, requests] = [true, 0];
    expect(await read(1)).toEqual({ items: [null], routes: [] });
    expect(requests).toBe(1);
  });
});
