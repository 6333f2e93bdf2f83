import * as z from 'zod';
import type { LocalService, Operation, Region, ResourceType } from '../../service.ts';
import { page } from '../page.ts';
import { readInput } from '../read-document.ts';
import { putOperations } from './put-records.ts';
import { readOperations } from './read-records.ts';
import { hashKeyRange, type KinesisStream, readStream, shardId } from './stream.ts';
import { Streams } from './streams.ts';

const Name = z.object({ StreamName: z.string().optional(), StreamARN: z.string().optional() });
const ListShardsInput = Name.extend({
  NextToken: z.string().optional(),
  MaxResults: z.int().min(1).max(10_000).default(1000),
});
const ListStreamsInput = z.object({
  Limit: z.int().min(1).max(10_000).default(100),
  NextToken: z.string().optional(),
});

/** Kinesis Data Streams: durable shards in the state folder, kept for the stream's retention. Shards never split. */
export function makeKinesisService(region: Region): LocalService {
  const streams = new Streams(region);
  return {
    signingNames: ['kinesis'],
    operations: {
      ...putOperations(region, streams),
      ...readOperations(region, streams),
      ...describeOperations(region, streams),
    },
    resources: { 'AWS::Kinesis::Stream': streamResource(region, streams) },
    stop: async () => streams.close(),
  };
}

function streamResource(region: Region, streams: Streams): ResourceType {
  return {
    provision: async (request) => {
      const name = request.properties['Name'] ?? request.generatedName;
      const stream = readStream(region, request, streams.find(String(name)));
      streams.put(stream);
      return { ref: stream.name, attributes: { Arn: stream.arn } };
    },
    remove: async ({ ref }) => streams.remove(ref),
  };
}

function describeOperations(region: Region, streams: Streams): Readonly<Record<string, Operation>> {
  return {
    DescribeStream: async (input, caller) => {
      const stream = streams.authorized(caller, 'DescribeStream', readInput(Name, input));
      return {
        StreamDescription: { ...describe(stream), Shards: shardsOf(stream), HasMoreShards: false },
      };
    },
    DescribeStreamSummary: async (input, caller) => {
      const stream = streams.authorized(caller, 'DescribeStreamSummary', readInput(Name, input));
      return {
        StreamDescriptionSummary: { ...describe(stream), OpenShardCount: stream.shardCount, ConsumerCount: 0 },
      };
    },
    ListShards: async (input, caller) => {
      const asked = readInput(ListShardsInput, input);
      // a token carries its stream, because a call with one must not name it again
      const [name, at] = asked.NextToken?.split(' ') ?? [];
      const stream = streams.authorized(caller, 'ListShards', name === undefined ? asked : { StreamName: name });
      const { items, nextToken } = page(shardsOf(stream), asked.MaxResults, at, 'InvalidArgumentException');
      return { Shards: items, ...(nextToken === undefined ? {} : { NextToken: `${stream.name} ${nextToken}` }) };
    },
    ListStreams: async (input, caller) => {
      const asked = readInput(ListStreamsInput, input);
      region.authorize(caller, 'kinesis:ListStreams', '*');
      const { items, nextToken } = page(streams.names(), asked.Limit, asked.NextToken, 'InvalidArgumentException');
      return {
        StreamNames: items,
        HasMoreStreams: nextToken !== undefined,
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
  };
}

function describe(stream: KinesisStream): object {
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    StreamStatus: 'ACTIVE',
    StreamModeDetails: { StreamMode: stream.mode },
    RetentionPeriodHours: stream.retentionHours,
    StreamCreationTimestamp: stream.createdAtMs / 1000,
    MaxRecordSizeInKiB: stream.maxRecordBytes / 1024,
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    EncryptionType: stream.keyId === null ? 'NONE' : 'KMS',
    ...(stream.keyId === null ? {} : { KeyId: stream.keyId }),
  };
}

function shardsOf(stream: KinesisStream): readonly object[] {
  return Array.from({ length: stream.shardCount }, (_, index) => {
    const [first, last] = hashKeyRange(stream, index);
    return {
      ShardId: shardId(index),
      HashKeyRange: { StartingHashKey: String(first), EndingHashKey: String(last) },
      SequenceNumberRange: { StartingSequenceNumber: `49${String(index).padStart(10, '0')}${'0'.repeat(44)}` },
    };
  });
}
