import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Region, ResourceRequest } from '../../service.ts';
import { readProperties, templateNumber, templateTags } from '../read-document.ts';

/** A stream as the store keeps it. */
export interface KinesisStream {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly mode: 'ON_DEMAND' | 'PROVISIONED';
  readonly shardCount: number;
  readonly retentionHours: number;
  readonly maxRecordBytes: number;
  readonly keyId: string | null;
}

/** A new stream in on-demand mode has this many. Source: Kinesis developer guide, "Choose the data stream capacity mode". */
const ON_DEMAND_SHARDS = 4;
const HASH_KEYS = 2n ** 128n;
const KIB = 1024;

const Properties = z.strictObject({
  Name: z.string().optional(),
  ShardCount: templateNumber.pipe(z.int().min(1).max(500)).optional(),
  StreamModeDetails: z.strictObject({ StreamMode: z.enum(['ON_DEMAND', 'PROVISIONED']) }).optional(),
  RetentionPeriodHours: templateNumber.pipe(z.int().min(24).max(8760)).default(24),
  MaxRecordSizeInKiB: templateNumber.pipe(z.int().min(1024).max(10_240)).default(1024),
  StreamEncryption: z.strictObject({ EncryptionType: z.literal('KMS'), KeyId: z.string() }).optional(),
  Tags: templateTags,
});

/** Checks the properties of an AWS::Kinesis::Stream. @throws Error when it would have to be resharded */
export function readStream(region: Region, request: ResourceRequest, before?: KinesisStream): KinesisStream {
  const asked = readProperties(Properties, request, 'AWS::Kinesis::Stream');
  const mode = asked.StreamModeDetails?.StreamMode ?? 'PROVISIONED';
  if (mode === 'PROVISIONED' && asked.ShardCount === undefined) {
    throw new Error('a stream in provisioned mode needs ShardCount; give it, or StreamMode ON_DEMAND');
  }
  const name = asked.Name ?? request.generatedName;
  const shardCount = asked.ShardCount ?? before?.shardCount ?? ON_DEMAND_SHARDS;
  if (before !== undefined && before.shardCount !== shardCount) {
    throw new Error(
      `stream ${name} has ${before.shardCount} shards and cannot get ${shardCount}: the laptop region does not split or merge shards`,
    );
  }
  return {
    name,
    arn: `arn:aws:kinesis:${region.regionName}:${region.accountId}:stream/${name}`,
    createdAtMs: before?.createdAtMs ?? region.clock.now().getTime(),
    mode,
    shardCount,
    retentionHours: asked.RetentionPeriodHours,
    maxRecordBytes: asked.MaxRecordSizeInKiB * KIB,
    keyId: asked.StreamEncryption?.KeyId ?? null,
  };
}

export function shardId(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`;
}

/** Undefined for what is no shard of the stream. */
export function shardIndex({ shardCount }: KinesisStream, id: string): number | undefined {
  const index = Number(/^shardId-(\d{12})$/.exec(id)?.[1] ?? Number.NaN);
  return index < shardCount ? index : undefined;
}

/** First and last hash key of a shard, both inclusive: the shards divide the 128 bits evenly. */
export function hashKeyRange({ shardCount }: KinesisStream, index: number): readonly [bigint, bigint] {
  const width = HASH_KEYS / BigInt(shardCount);
  const last = index === shardCount - 1 ? HASH_KEYS - 1n : width * BigInt(index + 1) - 1n;
  return [width * BigInt(index), last];
}

/** The shard that a partition key's MD5 digest, or an explicit hash key, falls into. */
export function shardOf(stream: KinesisStream, partitionKey: string, explicitHashKey?: string): number {
  const md5 = createHash('md5').update(partitionKey).digest('hex');
  const key = explicitHashKey === undefined ? BigInt(`0x${md5}`) : BigInt(explicitHashKey);
  const index = Number(key / (HASH_KEYS / BigInt(stream.shardCount)));
  return Math.min(index, stream.shardCount - 1);
}
