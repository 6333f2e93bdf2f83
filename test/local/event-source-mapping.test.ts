import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { FailedBatchDocument, StreamEvent } from '../../contracts/stream-event.ts';
import type { RunningRegion } from '../../local/region.ts';
import { lambdaRole, nodeFunction, writeAssembly } from './fixture-assembly.ts';
import { jsonCall } from './json-call.ts';
import { newStateDir, runningRegions } from './running-regions.ts';

const { start } = runningRegions();

/** Says what it was given, one line a batch; what the data says decides how the batch ends. */
const CODE = `
let tries = 0;
export const handler = async ({ Records }) => {
  const texts = Records.map(({ kinesis }) => Buffer.from(kinesis.data, 'base64').toString());
  console.log('SEEN ' + texts.join(','));
  if (texts.includes('poison')) throw new Error('poisoned');
  const flaky = texts.indexOf('flaky');
  if (flaky !== -1 && ++tries <= 2) return { batchItemFailures: [{ itemIdentifier: Records[flaky].kinesis.sequenceNumber }] };
  if (texts.includes('slow')) await new Promise((resolve) => setTimeout(resolve, 1500));
  const bad = texts.indexOf('bad');
  return { batchItemFailures: bad === -1 ? [] : [{ itemIdentifier: Records[bad].kinesis.sequenceNumber }] };
};`;

const READ = ['DescribeStream', 'DescribeStreamSummary', 'GetRecords', 'GetShardIterator', 'ListShards'];

function assembly(properties: object = {}, actions: readonly string[] = READ): string {
  const stream = { 'Fn::GetAtt': ['Events', 'Arn'] };
  return writeAssembly({
    S: {
      assets: { code: { 'index.mjs': CODE } },
      template: {
        Resources: {
          Events: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'events', ShardCount: 1 } },
          Failed: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'failed' } },
          Letters: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'letters' } },
          Role: lambdaRole([
            { Effect: 'Allow', Action: actions.map((action) => `kinesis:${action}`), Resource: stream },
            { Effect: 'Allow', Action: ['s3:ListBucket', 's3:PutObject'], Resource: 'arn:aws:s3:::failed*' },
            { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' },
          ]),
          F: nodeFunction('code', 'Role', { FunctionName: 'f', Timeout: 10 }),
          Mapping: {
            Type: 'AWS::Lambda::EventSourceMapping',
            Properties: {
              FunctionName: { Ref: 'F' },
              EventSourceArn: stream,
              StartingPosition: 'TRIM_HORIZON',
              FunctionResponseTypes: ['ReportBatchItemFailures'],
              BisectBatchOnFunctionError: true,
              MaximumRetryAttempts: 2,
              DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failed' } },
              ...properties,
            },
          },
        },
        Outputs: { Mapping: { Value: { Ref: 'Mapping' } } },
      },
    },
  });
}

/** Puts texts in one request, so that one batch has them. */
async function put(region: RunningRegion, ...texts: string[]): Promise<void> {
  const Records = texts.map((text) => ({ PartitionKey: 'k', Data: Buffer.from(text).toString('base64') }));
  const { body } = await jsonCall(region, 'kinesis', 'Kinesis_20131202.PutRecords', { StreamName: 'events', Records });
  expect(body).toMatchObject({ FailedRecordCount: 0 });
}

function seen(stateDir: string): string[] {
  const file = join(stateDir, 'logs', 'f.log');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return [...text.matchAll(/SEEN (\S+)/g)].map(([, texts = '']) => texts);
}

interface FailedBatch {
  readonly requestContext: { readonly condition: string; readonly approximateInvokeCount: number };
  /** The event, as text. */
  readonly payload: string;
}

const eventually = (look: () => unknown) => expect.poll(look, { timeout: 15_000, interval: 20 });

async function failedBatches(region: RunningRegion): Promise<FailedBatch[]> {
  const { endpointUrl: endpoint, credentials } = region;
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'failed' }));
  const keys = Contents.map(({ Key }) => Key!);
  const uuid = region.outputs['S']!['Mapping'];
  for (const key of keys)
    expect(key).toMatch(new RegExp(`^aws/lambda/${uuid}/shardId-0{12}/\\d{4}/\\d\\d/\\d\\d/[\\d-]+T[\\d.]+-`));
  const bodies = keys.map((Key) => s3.send(new GetObjectCommand({ Bucket: 'failed', Key })));
  return Promise.all(bodies.map(async (body) => JSON.parse((await (await body).Body!.transformToString()) ?? '')));
}

describe('an event source mapping over a Kinesis stream', () => {
  it('gives a function the records in order, and each once when all goes well', async () => {
    const stateDir = newStateDir();
    const region = await start({ assemblyDir: assembly({ BatchSize: 2 }), stateDir, speed: 20 });
    await put(region, 'a', 'b', 'c');
    await eventually(() => seen(stateDir)).toEqual(['a,b', 'c']);
  });

  it('tries only what was reported and what came after it, and keeps the order', async () => {
    const stateDir = newStateDir();
    const region = await start({ assemblyDir: assembly(), stateDir, speed: 100 });
    await put(region, 'a', 'flaky', 'c');
    await put(region, 'd');
    await eventually(() => seen(stateDir).join(' ')).toMatch(/^a,flaky,c(,d)? flaky,c(,d)? flaky,c(,d)?( d)?$/);
    await eventually(() => seen(stateDir).join(' ')).toContain('d');
    expect(await failedBatches(region)).toEqual([]);
  });

  it('isolates one poison record and gives it to the bucket, with its bytes; the others are done', async () => {
    const stateDir = newStateDir();
    const region = await start({ assemblyDir: assembly(), stateDir, speed: 1000 });
    await put(region, 'a', 'b', 'poison', 'd');
    await eventually(() => seen(stateDir).at(-1)).toBe('d');
    expect(seen(stateDir)).toEqual(['a,b,poison,d', 'a,b', 'poison,d', 'poison', 'poison', 'poison', 'd']);
    const [failed, ...more] = await failedBatches(region);
    expect(more).toEqual([]);
    const { payload } = FailedBatchDocument.parse(failed); // what a replay of dead letters reads
    StreamEvent.parse(JSON.parse(payload));
    expect(failed).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
      responseContext: { functionError: 'Unhandled' },
      version: '1.0',
      KinesisBatchInfo: { shardId: 'shardId-000000000000', batchSize: 1 },
    });
    const { Records } = JSON.parse(failed!.payload);
    expect(Records).toHaveLength(1);
    expect(Records[0]).toMatchObject({
      eventSource: 'aws:kinesis',
      kinesis: { data: Buffer.from('poison').toString('base64') },
    });
    expect(Records[0].eventID).toBe(`shardId-000000000000:${Records[0].kinesis.sequenceNumber}`);
  });

  it('gives up a record that is reported again and again, with all that came after it in its batch', async () => {
    const stateDir = newStateDir();
    const region = await start({ assemblyDir: assembly(), stateDir, speed: 1000 });
    await put(region, 'a', 'bad', 'c');
    await eventually(async () => (await failedBatches(region)).length).toBe(1);
    expect(seen(stateDir)).toEqual(['a,bad,c', 'bad,c', 'bad,c']);
  });

  it('tells a queue where the records were, without their bytes', async () => {
    const stateDir = newStateDir();
    const Destination = 'arn:aws:sqs:us-east-1:000000000000:letters';
    const assemblyDir = assembly({ DestinationConfig: { OnFailure: { Destination } }, MaximumRetryAttempts: 0 });
    const region = await start({ assemblyDir, stateDir, speed: 1000 });
    await put(region, 'poison');
    const receive = async () => {
      const url = { QueueUrl: `${region.endpointUrl}/000000000000/letters` };
      const { body } = await jsonCall(region, 'sqs', 'AmazonSQS.ReceiveMessage', url);
      return (body['Messages'] as { Body: string }[] | undefined)?.[0]?.Body ?? '';
    };
    await eventually(receive).toContain('KinesisBatchInfo');
  });

  it('gives up records that are too old before it tries them again', async () => {
    const stateDir = newStateDir();
    const properties = { MaximumRecordAgeInSeconds: 60, MaximumRetryAttempts: -1 };
    const region = await start({ assemblyDir: assembly(properties), stateDir, speed: 500 });
    await put(region, 'poison');
    await eventually(async () => (await failedBatches(region))[0]?.requestContext.condition).toBe('RecordAgeExceeded');
  });

  it('goes on after a kill where it had a checkpoint, and gives again what was under way', async () => {
    const [stateDir, assemblyDir] = [newStateDir(), assembly({ BatchSize: 1 })];
    const first = await start({ assemblyDir, stateDir, speed: 100 });
    await put(first, 'a', 'slow', 'c');
    await eventually(() => seen(stateDir)).toEqual(['a', 'slow']);
    await first.stop();
    await start({ assemblyDir, stateDir, speed: 100 });
    await eventually(() => seen(stateDir)).toEqual(['a', 'slow', 'slow', 'c']);
  });

  it('begins with what comes after it was made when it starts at the end, over restarts too', async () => {
    const [stateDir, assemblyDir] = [newStateDir(), assembly({ StartingPosition: 'LATEST' })];
    const first = await start({ assemblyDir, stateDir, speed: 1 });
    await first.stop();
    const second = await start({ assemblyDir, stateDir, speed: 100 });
    await put(second, 'new');
    await eventually(() => seen(stateDir)).toEqual(['new']);
  });

  it.each<[string, object, readonly string[], string]>([
    ['a role that may not read the stream', {}, READ.slice(1), 'Please ensure the role can perform the DescribeStream'],
    ['two batches of a shard at once', { ParallelizationFactor: 2 }, READ, 'one batch of a shard at a time'],
    ['a filter', { FilterCriteria: { Filters: [] } }, READ, 'a filter is not supported'],
    ['a tumbling window', { TumblingWindowInSeconds: 5 }, READ, 'a tumbling window is not supported'],
    [
      'a queue as its source',
      { EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:q' },
      READ,
      'Kinesis streams alone',
    ],
    [
      'a topic for what failed',
      { DestinationConfig: { OnFailure: { Destination: 'arn:aws:sns:us-east-1:0:t' } } },
      READ,
      'S3 buckets and SQS queues',
    ],
    ['a record age that AWS refuses', { MaximumRecordAgeInSeconds: 5 }, READ, 'MaximumRecordAgeInSeconds'],
    ['an instant without its starting position', { StartingPositionTimestamp: 5 }, READ, 'AT_TIMESTAMP'],
  ])('is refused with %s when it is brought up', async (_, properties, actions, problem) => {
    await expect(start({ assemblyDir: assembly(properties, actions) })).rejects.toThrow(problem);
  });
});
