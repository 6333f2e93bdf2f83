import type { StreamEvent } from '../../../contracts/stream-event.ts';
import type { StreamRecord } from './dead-letters.ts';

/** The records of an event, in the order of their shard. */
export function recordsOf({ Records }: StreamEvent): readonly StreamRecord[] {
  return Records.map(({ eventID, eventSourceARN, kinesis }) => ({
    streamArn: eventSourceARN,
    shardId: eventID.slice(0, eventID.lastIndexOf(':')),
    sequenceNumber: kinesis.sequenceNumber,
    partitionKey: kinesis.partitionKey,
    arrivedAtMs: Math.round(kinesis.approximateArrivalTimestamp * 1000),
    data: Buffer.from(kinesis.data, 'base64'),
  }));
}
