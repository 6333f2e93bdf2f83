import type { EventSourceMapping } from './event-source-mapping.ts';
import type { InvocationResult } from './function-worker.ts';

/** A record as GetRecords gives it. */
export interface StreamRecord {
  readonly SequenceNumber: string;
  /** Epoch seconds. */
  readonly ApproximateArrivalTimestamp: number;
  readonly PartitionKey: string;
  /** Base64. */
  readonly Data: string;
}

/** The event a function is given for records of one shard. */
export function eventOf(mapping: EventSourceMapping, shardId: string, records: readonly StreamRecord[]): object {
  return {
    Records: records.map((record) => ({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey: record.PartitionKey,
        sequenceNumber: record.SequenceNumber,
        data: record.Data,
        approximateArrivalTimestamp: record.ApproximateArrivalTimestamp,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${shardId}:${record.SequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: mapping.roleArn,
      awsRegion: mapping.streamArn.split(':')[3],
      eventSourceARN: mapping.streamArn,
    })),
  };
}

/**
 * How many records at the front of the batch are done: all of them after a success, none after an error, and with
 * ReportBatchItemFailures those before the first that failed. A report that cannot be read is a failure of the whole.
 * Source: Lambda developer guide, "Configuring partial batch response with Kinesis Data Streams and Lambda".
 */
export function recordsDone(
  { reportsItemFailures }: EventSourceMapping,
  records: readonly StreamRecord[],
  result: InvocationResult,
): number {
  if (result.isError) return 0;
  if (!reportsItemFailures) return records.length;
  const report: unknown = JSON.parse(result.payload === '' ? 'null' : result.payload);
  if (report === null || typeof report !== 'object') return report === null || report === '' ? records.length : 0;
  const failures = (report as { batchItemFailures?: unknown }).batchItemFailures ?? [];
  if (!Array.isArray(failures)) return 0;
  const places = failures.map((failure: { itemIdentifier?: unknown } | null) =>
    records.findIndex(({ SequenceNumber }) => SequenceNumber === failure?.itemIdentifier),
  );
  return places.includes(-1) ? 0 : Math.min(records.length, ...places);
}

/** As many records from the front as fit into one event. AWS: 6 MB with all that Lambda adds. */
export function withinPayload(records: readonly StreamRecord[]): readonly StreamRecord[] {
  const mostBytes = 6 * 1024 ** 2;
  const aroundEachBytes = 700;
  let sizeBytes = 0;
  const end = records.findIndex(({ Data, PartitionKey }) => {
    sizeBytes += Data.length + Buffer.byteLength(PartitionKey) + aroundEachBytes;
    return sizeBytes > mostBytes;
  });
  return end === -1 ? records : records.slice(0, Math.max(1, end));
}
