import * as z from 'zod';
import { AwsError, type Operation, type Region } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { shardIndex } from './stream.ts';
import type { Streams } from './streams.ts';

/** Source: Kinesis API reference, GetRecords and GetShardIterator. */
const MAX_RECORDS = 10_000;
const MAX_BYTES = 10 * 1024 ** 2;
const ITERATOR_LIFE_MS = 300_000;

const IteratorInput = z.object({
  StreamName: z.string().optional(),
  StreamARN: z.string().optional(),
  ShardId: z.string(),
  ShardIteratorType: z.enum(['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER', 'AT_TIMESTAMP']),
  StartingSequenceNumber: z
    .string()
    .regex(/^(0|[1-9]\d{0,128})$/)
    .optional(),
  Timestamp: z.number().optional(),
});
type IteratorInput = z.infer<typeof IteratorInput>;

const GetInput = z.object({
  ShardIterator: z.string().min(1),
  Limit: z.int().min(1).max(MAX_RECORDS).default(MAX_RECORDS),
  StreamARN: z.string().optional(),
});

/** What an iterator stands for: the records after a sequence number, until it expires. */
const Iterator = z.strictObject({
  stream: z.string(),
  shard: z.string(),
  after: z.string().nullable(),
  madeAtMs: z.number(),
});
type Iterator = z.infer<typeof Iterator>;

/** GetShardIterator and GetRecords. */
export function readOperations(region: Region, streams: Streams): Readonly<Record<string, Operation>> {
  const nowMs = () => region.clock.now().getTime();
  const shardNamed = (stream: Parameters<typeof shardIndex>[0], id: string) => {
    const index = shardIndex(stream, id);
    if (index !== undefined) return streams.log(stream, index);
    throw new AwsError(
      'ResourceNotFoundException',
      `Shard ${id} in stream ${stream.name} under account ${region.accountId} does not exist`,
    );
  };

  return {
    GetShardIterator: async (input, caller) => {
      const asked = readInput(IteratorInput, input);
      const stream = streams.authorized(caller, 'GetShardIterator', asked);
      const log = shardNamed(stream, asked.ShardId);
      const after = startOf(asked, log);
      return { ShardIterator: write({ stream: stream.name, shard: asked.ShardId, after, madeAtMs: nowMs() }) };
    },
    GetRecords: async (input, caller) => {
      const asked = readInput(GetInput, input);
      const iterator = read(asked.ShardIterator);
      const stream = streams.authorized(caller, 'GetRecords', { StreamName: iterator.stream });
      if (nowMs() - iterator.madeAtMs > ITERATOR_LIFE_MS) {
        throw new AwsError(
          'ExpiredIteratorException',
          `Iterator expired: it was made at ${new Date(iterator.madeAtMs).toISOString()} and lives 5 minutes`,
        );
      }
      const log = shardNamed(stream, iterator.shard);
      const records = log.read(iterator.after, asked.Limit, MAX_BYTES);
      const after = records.at(-1)?.sequenceNumber ?? iterator.after;
      const waitingSince = log.arrivalAfter(after);
      return {
        Records: records.map(({ sequenceNumber, arrivedAtMs, partitionKey, data }) => ({
          SequenceNumber: sequenceNumber,
          ApproximateArrivalTimestamp: arrivedAtMs / 1000,
          PartitionKey: partitionKey,
          Data: data,
          EncryptionType: stream.keyId === null ? 'NONE' : 'KMS',
        })),
        NextShardIterator: write({ ...iterator, after, madeAtMs: nowMs() }),
        MillisBehindLatest: waitingSince === null ? 0 : Math.max(0, nowMs() - waitingSince),
      };
    },
  };
}

type Log = ReturnType<Streams['log']>;

/** The sequence number after which the iterator reads; null for the oldest record. */
function startOf(asked: IteratorInput, log: Log): string | null {
  const { ShardIteratorType: type, StartingSequenceNumber: number, Timestamp } = asked;
  switch (type) {
    case 'TRIM_HORIZON':
      return null;
    case 'LATEST':
      return log.last;
    case 'AT_TIMESTAMP':
      if (Timestamp === undefined) throw missing('Timestamp', type);
      return log.lastBefore(Math.round(Timestamp * 1000));
    case 'AFTER_SEQUENCE_NUMBER':
      if (number === undefined) throw missing('StartingSequenceNumber', type);
      return padded(number);
    case 'AT_SEQUENCE_NUMBER':
      if (number === undefined) throw missing('StartingSequenceNumber', type);
      return padded(String(BigInt(number) - 1n));
  }
}

/** Sequence numbers are compared as text of one length. */
function padded(number: string): string {
  return number.padStart(56, '0');
}

function missing(member: string, type: string): AwsError {
  return new AwsError('InvalidArgumentException', `Must specify ${member} for iterators of type ${type}`);
}

function write(iterator: Iterator): string {
  return Buffer.from(JSON.stringify(iterator)).toString('base64');
}

function read(text: string): Iterator {
  try {
    return Iterator.parse(JSON.parse(Buffer.from(text, 'base64').toString('utf8')));
  } catch {
    throw new AwsError('InvalidArgumentException', 'Invalid ShardIterator: GetShardIterator did not give it');
  }
}
