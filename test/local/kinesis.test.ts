import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { roleCredentials } from '../../local/iam/credentials.ts';
import type { RunningRegion } from '../../local/region.ts';
import { lambdaRole, writeAssembly } from './fixture-assembly.ts';
import { type JsonAnswer, jsonCall } from './json-call.ts';
import { newStateDir, runningRegions } from './running-regions.ts';

const { start } = runningRegions();

function assembly(properties: Record<string, string | number | object> = { ShardCount: 2 }): string {
  return writeAssembly({
    S: {
      template: {
        Resources: {
          Events: { Type: 'AWS::Kinesis::Stream', Properties: { Name: 'events', ...properties } },
          Writer: lambdaRole([
            { Effect: 'Allow', Action: 'kinesis:PutRecord', Resource: { 'Fn::GetAtt': ['Events', 'Arn'] } },
          ]),
        },
        Outputs: {
          Writer: { Value: { 'Fn::GetAtt': ['Writer', 'Arn'] } },
          Stream: { Value: { Ref: 'Events' } },
        },
      },
    },
  });
}

const call = (region: RunningRegion, operation: string, input: object): Promise<JsonAnswer> =>
  jsonCall(region, 'kinesis', `Kinesis_20131202.${operation}`, { StreamName: 'events', ...input });
const data = (text: string) => Buffer.from(text).toString('base64');
const record = (key: string, text = key) => ({ PartitionKey: key, Data: data(text) });

async function readAll(region: RunningRegion, shard: string, from: object = { ShardIteratorType: 'TRIM_HORIZON' }) {
  const { body } = await call(region, 'GetShardIterator', { ShardId: shard, ...from });
  const { body: answer } = await call(region, 'GetRecords', { ShardIterator: body['ShardIterator'] });
  const records = answer['Records'] as { Data: string; SequenceNumber: string; ApproximateArrivalTimestamp: number }[];
  return { ...answer, records, texts: records.map(({ Data }) => Buffer.from(Data, 'base64').toString()) };
}

describe('a Kinesis stream of the laptop region', () => {
  it('keeps the order of a shard, and puts one partition key into one shard', async () => {
    const region = await start({ assemblyDir: assembly() });
    const put: JsonAnswer[] = [];
    for (const text of ['a', 'b', 'c']) put.push(await call(region, 'PutRecord', record('k', text)));
    const shards = new Set(put.map(({ body }) => body['ShardId']));
    expect(shards.size).toBe(1);
    const numbers = put.map(({ body }) => BigInt(String(body['SequenceNumber'])));
    expect([...numbers].sort((a, b) => (a < b ? -1 : 1))).toEqual(numbers);
    const read = await readAll(region, String([...shards][0]));
    expect(read.texts).toEqual(['a', 'b', 'c']);
    expect(read).toMatchObject({ MillisBehindLatest: 0, NextShardIterator: expect.any(String) });
  });

  it('begins to read where it is told', async () => {
    const region = await start({ assemblyDir: assembly({ ShardCount: 1 }) });
    const shard = 'shardId-000000000000';
    for (const text of ['a', 'b']) await call(region, 'PutRecord', record('k', text));
    const [, second] = (await readAll(region, shard)).records;
    const at = { StartingSequenceNumber: second!.SequenceNumber };
    const from = async (more: object) => (await readAll(region, shard, more)).texts;
    expect(await from({ ShardIteratorType: 'AT_SEQUENCE_NUMBER', ...at })).toEqual(['b']);
    expect(await from({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', ...at })).toEqual([]);
    expect(await from({ ShardIteratorType: 'LATEST' })).toEqual([]);
    const Timestamp = second!.ApproximateArrivalTimestamp;
    expect(await from({ ShardIteratorType: 'AT_TIMESTAMP', Timestamp })).toContain('b');
  });

  it('takes a batch, and answers record by record when a shard has had its share of a second', async () => {
    const region = await start({ assemblyDir: assembly() });
    const large = 'x'.repeat(900_000);
    const { status, body } = await call(region, 'PutRecords', {
      Records: [record('same', large), record('same', large), { ...record('x', 'small'), ExplicitHashKey: '0' }],
    });
    expect([status, body['FailedRecordCount']]).toEqual([200, 1]);
    const records = body['Records'] as Record<string, string>[];
    expect(records[1]).toEqual({
      ErrorCode: 'ProvisionedThroughputExceededException',
      ErrorMessage: expect.stringMatching(/^Rate exceeded for shard shardId-\d{12} in stream events/),
    });
    expect(records[2]).toMatchObject({ ShardId: 'shardId-000000000000', SequenceNumber: expect.any(String) });
  });

  it.each<[string, string, object, string, string]>([
    ['a record over 1 MiB', 'PutRecord', record('k', 'x'.repeat(2 ** 20)), 'ValidationException', '1048576'],
    [
      'more than 500 records',
      'PutRecords',
      { Records: Array(501).fill(record('k')) },
      'ValidationException',
      'Records',
    ],
    [
      'more than 5 MiB at once',
      'PutRecords',
      { Records: Array(6).fill(record('k', 'x'.repeat(1_000_000))) },
      'InvalidArgumentException',
      '5 MB limit',
    ],
    ['data that is no base64', 'PutRecord', { PartitionKey: 'k', Data: 'é' }, 'ValidationException', 'Data'],
    ['an unknown stream', 'PutRecord', { ...record('k'), StreamName: 'nobody' }, 'ResourceNotFoundException', 'nobody'],
    [
      'an unknown shard',
      'GetShardIterator',
      { ShardId: 'shardId-000000000009', ShardIteratorType: 'LATEST' },
      'ResourceNotFoundException',
      'Shard',
    ],
    ['a made-up iterator', 'GetRecords', { ShardIterator: 'x' }, 'InvalidArgumentException', 'ShardIterator'],
    ['an operation it does not have', 'SplitShard', {}, 'UnknownOperationException', 'SplitShard'],
  ])('refuses %s', async (_, operation, input, code, words) => {
    const region = await start({ assemblyDir: assembly() });
    const { status, body } = await call(region, operation, input);
    expect([status, body['__type']]).toEqual([400, code]);
    expect(body['message']).toContain(words);
  });

  it('lets a role do what its policy says, and nothing else', async () => {
    const region = await start({ assemblyDir: assembly() });
    const role = roleCredentials(region.outputs['S']!['Writer']!);
    const as = (operation: string, input: object) =>
      jsonCall(region, 'kinesis', `Kinesis_20131202.${operation}`, { StreamName: 'events', ...input }, role);
    expect((await as('PutRecord', record('k'))).status).toBe(200);
    const { body } = await as('PutRecords', { Records: [record('k')] });
    expect(body['message']).toMatch(/not authorized to perform: kinesis:PutRecords on resource: .*stream\/events/);
  });

  it('finds after a restart what it had acknowledged, and nothing that it had not', async () => {
    const [stateDir, assemblyDir] = [newStateDir(), assembly({ ShardCount: 1 })];
    const first = await start({ assemblyDir, stateDir });
    await call(first, 'PutRecord', record('k', 'kept'));
    await first.stop();
    const folder = join(stateDir, 'kinesis', 'events', '0');
    appendFileSync(join(folder, readdirSync(folder)[0]!), '{"sequenceNumber":"49'); // a write that a kill cut short
    const second = await start({ assemblyDir, stateDir });
    await call(second, 'PutRecord', record('k', 'new'));
    await second.stop();
    const third = await start({ assemblyDir, stateDir });
    expect((await readAll(third, 'shardId-000000000000')).texts).toEqual(['kept', 'new']);
  });

  it('describes itself as the SDKs expect', async () => {
    const region = await start({
      assemblyDir: assembly({
        StreamModeDetails: { StreamMode: 'ON_DEMAND' },
        StreamEncryption: { EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' },
      }),
    });
    expect(region.outputs['S']!['Stream']).toBe('events');
    const { body } = await call(region, 'DescribeStreamSummary', {});
    expect(body['StreamDescriptionSummary']).toMatchObject({
      StreamStatus: 'ACTIVE',
      OpenShardCount: 4,
      RetentionPeriodHours: 24,
      EncryptionType: 'KMS',
    });
    const listed = await call(region, 'ListShards', { MaxResults: 3 });
    expect(listed.body['Shards']).toHaveLength(3);
    const more = await call(region, 'ListShards', { NextToken: listed.body['NextToken'], StreamName: undefined });
    expect(more.body['Shards']).toHaveLength(1);
  });

  it.each<[string, Record<string, string | number | object>, string]>([
    ['fewer or more shards than it has', { ShardCount: 3 }, 'does not split or merge shards'],
    ['a property nobody knows', { ShardCount: 2, Speed: 'high' }, 'Unrecognized key: "Speed"'],
    ['provisioned mode without shards', {}, 'needs ShardCount'],
  ])('is not brought up with %s', async (_, properties, problem) => {
    const stateDir = newStateDir();
    const region = await start({ assemblyDir: assembly(), stateDir });
    await region.stop();
    await expect(start({ assemblyDir: assembly(properties), stateDir })).rejects.toThrow(problem);
  });
});
