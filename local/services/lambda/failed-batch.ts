import { randomUUID } from 'node:crypto';
import type { Region } from '../../service.ts';
import { putObject, requireBucket } from '../s3/object-files.ts';
import { queueUrlOf } from '../sqs/queue-url.ts';
import type { EventSourceMapping } from './event-source-mapping.ts';
import type { InvocationResult } from './function-worker.ts';
import { eventOf, type StreamRecord } from './stream-batch.ts';

export interface FailedBatch {
  readonly shardId: string;
  readonly records: readonly StreamRecord[];
  readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  readonly invokeCount: number;
  /** Of the last try; absent when the records were too old to be tried. */
  readonly result?: InvocationResult;
}

/**
 * Tells the mapping's destination of records that are given up: a bucket gets their bytes too, a queue where they were.
 * Acts with the function's role. Source: Lambda developer guide, "Retain discarded batch records for a Kinesis Data
 * Streams event source".
 *
 * @throws AwsError when the role may not write there
 */
export async function sendFailedBatch(region: Region, mapping: EventSourceMapping, batch: FailedBatch): Promise<void> {
  if (mapping.onFailure === null) return;
  const caller = region.callerForRole(mapping.roleArn);
  const now = region.clock.now();
  const document = documentOf(mapping, batch, now);
  if (mapping.onFailure.split(':')[2] === 'sqs') {
    const input = { QueueUrl: queueUrlOf(region, mapping.onFailure), MessageBody: JSON.stringify(document) };
    await region.invoke('sqs', 'SendMessage', input, caller);
    return;
  }
  const bucket = mapping.onFailure.split(':::')[1] ?? '';
  const [day = '', time = ''] = now.toISOString().slice(0, 19).split('T');
  const key = `aws/lambda/${mapping.uuid}/${batch.shardId}/${day.replaceAll('-', '/')}/${day}T${time.replaceAll(':', '.')}-${randomUUID()}`;
  region.authorize(caller, 's3:ListBucket', `arn:aws:s3:::${bucket}`);
  region.authorize(caller, 's3:PutObject', `arn:aws:s3:::${bucket}/${key}`);
  requireBucket(region, bucket);
  const payload = JSON.stringify(eventOf(mapping, batch.shardId, batch.records));
  await putObject(region, bucket, key, Buffer.from(JSON.stringify({ ...document, payload })), {
    headers: { 'content-type': 'application/json' },
  });
}

function documentOf(mapping: EventSourceMapping, batch: FailedBatch, now: Date): object {
  const [first, last] = [batch.records[0], batch.records.at(-1)];
  const instant = (record: StreamRecord | undefined) =>
    new Date((record?.ApproximateArrivalTimestamp ?? 0) * 1000).toISOString();
  const { result } = batch;
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: mapping.functionArn,
      condition: batch.condition,
      approximateInvokeCount: batch.invokeCount,
    },
    ...(result !== undefined && {
      responseContext: {
        statusCode: 200,
        executedVersion: '$LATEST',
        functionError: result.isError ? 'Unhandled' : null,
      },
    }),
    version: '1.0',
    timestamp: now.toISOString(),
    KinesisBatchInfo: {
      shardId: batch.shardId,
      startSequenceNumber: first?.SequenceNumber,
      endSequenceNumber: last?.SequenceNumber,
      approximateArrivalOfFirstRecord: instant(first),
      approximateArrivalOfLastRecord: instant(last),
      batchSize: batch.records.length,
      streamArn: mapping.streamArn,
    },
  };
}
