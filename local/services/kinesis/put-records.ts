import * as z from 'zod';
import { AwsError, type Operation, type Region } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { type KinesisStream, shardId, shardOf } from './stream.ts';
import type { Streams } from './streams.ts';
import { WriteThroughput } from './throughput.ts';

const MAX_RECORDS = 500;
const MIB = 1024 ** 2;
/** A request of a stream with records up to 1 MiB; where larger ones are allowed, a request may have 10 MiB. */
const MAX_REQUEST_BYTES = 5 * MIB;
const MAX_LARGE_REQUEST_BYTES = 10 * MIB;
const LARGEST_HASH_KEY = 2n ** 128n - 1n;

const Entry = z.object({
  Data: z.base64(),
  PartitionKey: z.string().min(1).max(256),
  ExplicitHashKey: z
    .string()
    .regex(/^(0|[1-9]\d{0,38})$/)
    .refine((key) => BigInt(key) <= LARGEST_HASH_KEY, 'must be below 2^128')
    .optional(),
});
type Entry = z.infer<typeof Entry>;

const Name = z.object({ StreamName: z.string().optional(), StreamARN: z.string().optional() });
const PutInput = Entry.extend(Name.shape).extend({ SequenceNumberForOrdering: z.string().optional() });
const BatchInput = Name.extend({ Records: z.array(Entry).min(1).max(MAX_RECORDS) });

/** PutRecord and PutRecords. A record is on disk before it is acknowledged. */
export function putOperations(region: Region, streams: Streams): Readonly<Record<string, Operation>> {
  const throughput = new WriteThroughput();

  const put = (stream: KinesisStream, entry: Entry): { ShardId: string; SequenceNumber: string } => {
    const nowMs = region.clock.now().getTime();
    const shard = shardOf(stream, entry.PartitionKey, entry.ExplicitHashKey);
    throughput.take(stream, shardId(shard), sizeOf(entry), nowMs);
    const SequenceNumber = streams.log(stream, shard).append(entry.PartitionKey, entry.Data, nowMs);
    return { ShardId: shardId(shard), SequenceNumber };
  };

  return {
    PutRecord: async (input, caller) => {
      const asked = readInput(PutInput, input);
      const stream = streams.authorized(caller, 'PutRecord', asked);
      refuseLarge(stream, asked, 'record');
      return { ...put(stream, asked), ...encryptionOf(stream) };
    },
    PutRecords: async (input, caller) => {
      const asked = readInput(BatchInput, input);
      const stream = streams.authorized(caller, 'PutRecords', asked);
      for (const [i, entry] of asked.Records.entries()) refuseLarge(stream, entry, `records.${i + 1}.member`);
      const sizeBytes = asked.Records.reduce((sum, entry) => sum + sizeOf(entry), 0);
      const mostBytes = stream.maxRecordBytes > MIB ? MAX_LARGE_REQUEST_BYTES : MAX_REQUEST_BYTES;
      if (sizeBytes > mostBytes) {
        throw new AwsError(
          'InvalidArgumentException',
          `Records size exceeds ${mostBytes / MIB} MB limit: ${sizeBytes} bytes of data and partition keys`,
        );
      }
      const Records = asked.Records.map((entry) => {
        try {
          return put(stream, entry);
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          return { ErrorCode: error.code, ErrorMessage: error.message };
        }
      });
      const FailedRecordCount = Records.filter((record) => 'ErrorCode' in record).length;
      return { FailedRecordCount, Records, ...encryptionOf(stream) };
    },
  };
}

function refuseLarge(stream: KinesisStream, entry: Entry, where: string): void {
  if (sizeOf(entry) <= stream.maxRecordBytes) return;
  throw new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${where}.data' failed to satisfy constraint: Member must have length less ` +
      `than or equal to ${stream.maxRecordBytes}, given ${sizeOf(entry)} with its partition key`,
  );
}

/** Of the data before base64 and the partition key, which count together. */
function sizeOf({ Data, PartitionKey }: Entry): number {
  return Buffer.byteLength(Data, 'base64') + Buffer.byteLength(PartitionKey);
}

function encryptionOf({ keyId }: KinesisStream): { readonly EncryptionType: string } {
  return { EncryptionType: keyId === null ? 'NONE' : 'KMS' };
}
