import * as z from 'zod';
import { AwsError, type Caller, type LocalService, type Operation, type Region } from '../../service.ts';
import { readInput } from '../read-document.ts';
import { type DeliveryStream, deliveryStreamResource } from './delivery-stream.ts';
import { StreamRunner } from './stream-runner.ts';

const ERROR = 'InvalidArgumentException';
/** Source: "Amazon Data Firehose Quota": a record before base64, and one PutRecordBatch. */
const MAX_RECORD_BYTES = 1_000 * 1024;
const MAX_BATCH_RECORDS = 500;
const MAX_BATCH_BYTES = 4 * 1024 ** 2;

const Data = z.object({ Data: z.base64() });
const Name = z.object({ DeliveryStreamName: z.string() });
const PutInput = Name.extend({ Record: Data });
const BatchInput = Name.extend({ Records: z.array(Data).min(1).max(MAX_BATCH_RECORDS) });

/**
 * Firehose with direct puts to S3. A record is in a file before it is acknowledged, so a killed region delivers it
 * when it comes back; it is delivered once, because what a buffer becomes has a name of its own.
 */
export function makeFirehoseService(region: Region): LocalService {
  const runners = new Map<string, StreamRunner>();
  const runner = (name: string) => {
    const known = runners.get(name) ?? new StreamRunner(region, name);
    runners.set(name, known);
    return known;
  };
  return {
    signingNames: ['firehose'],
    operations: operations(region, (stream, records) => runner(stream.name).put(stream, records)),
    resources: { 'AWS::KinesisFirehose::DeliveryStream': deliveryStreamResource(region) },
    resume: async () => {
      for (const { key } of region.store('firehose').list<DeliveryStream>('stream')) runner(key).resume();
    },
    stop: async () => {
      await Promise.all([...runners.values()].map((one) => one.stop()));
    },
  };
}

function operations(
  region: Region,
  put: (stream: DeliveryStream, records: readonly Uint8Array[]) => string[],
): Record<string, Operation> {
  return {
    PutRecord: async (input, caller) => {
      const asked = readInput(PutInput, input, ERROR);
      const stream = authorized(region, caller, 'firehose:PutRecord', asked.DeliveryStreamName);
      const [RecordId] = put(stream, [decoded(asked.Record.Data)]);
      return { RecordId, Encrypted: false };
    },
    PutRecordBatch: async (input, caller) => {
      const asked = readInput(BatchInput, input, ERROR);
      const stream = authorized(region, caller, 'firehose:PutRecordBatch', asked.DeliveryStreamName);
      const records = asked.Records.map((record) => decoded(record.Data));
      const sizeBytes = records.reduce((sum, { length }) => sum + length, 0);
      if (sizeBytes > MAX_BATCH_BYTES) {
        throw new AwsError(ERROR, `Records size exceeds 4 MB limit: ${sizeBytes} bytes of ${MAX_BATCH_BYTES}`);
      }
      return {
        FailedPutCount: 0,
        Encrypted: false,
        RequestResponses: put(stream, records).map((RecordId) => ({ RecordId })),
      };
    },
    DescribeDeliveryStream: async (input, caller) => {
      const asked = readInput(Name, input, ERROR);
      const stream = authorized(region, caller, 'firehose:DescribeDeliveryStream', asked.DeliveryStreamName);
      return { DeliveryStreamDescription: description(stream) };
    },
    ListDeliveryStreams: async (_, caller) => {
      region.authorize(caller, 'firehose:ListDeliveryStreams', '*');
      const streams = region.store('firehose').list<DeliveryStream>('stream');
      return { DeliveryStreamNames: streams.map(({ key }) => key), HasMoreDeliveryStreams: false };
    },
  };
}

function authorized(region: Region, caller: Caller, action: string, name: string): DeliveryStream {
  region.authorize(caller, action, `arn:aws:firehose:${region.regionName}:${region.accountId}:deliverystream/${name}`);
  const stream = region.store('firehose').get<DeliveryStream>('stream', name);
  if (stream !== undefined) return stream;
  throw new AwsError('ResourceNotFoundException', `Firehose ${name} under account ${region.accountId} not found.`);
}

function decoded(base64: string): Buffer {
  const data = Buffer.from(base64, 'base64');
  if (data.length <= MAX_RECORD_BYTES) return data;
  throw new AwsError(
    ERROR,
    `a record of ${data.length} bytes is longer than the ${MAX_RECORD_BYTES} that Firehose takes`,
  );
}

function description(stream: DeliveryStream): object {
  const BufferingHints = { IntervalInSeconds: stream.intervalSeconds, SizeInMBs: stream.sizeBytes / 1024 ** 2 };
  return {
    DeliveryStreamName: stream.name,
    DeliveryStreamARN: stream.arn,
    DeliveryStreamStatus: 'ACTIVE',
    DeliveryStreamType: 'DirectPut',
    VersionId: '1',
    CreateTimestamp: Date.parse(stream.createdAt) / 1000,
    HasMoreDestinations: false,
    Destinations: [
      {
        DestinationId: 'destinationId-000000000001',
        ExtendedS3DestinationDescription: {
          RoleARN: stream.roleArn,
          BucketARN: `arn:aws:s3:::${stream.bucket}`,
          Prefix: stream.prefix,
          ErrorOutputPrefix: stream.errorPrefix,
          BufferingHints,
          CompressionFormat: stream.isGzip ? 'GZIP' : 'UNCOMPRESSED',
          EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
        },
      },
    ],
  };
}
