import type { StreamEvent } from '../../contracts/stream-event.ts';

export const SHARD = 'shardId-000000000001';
const STREAM = 'arn:aws:kinesis:us-east-1:000000000000:stream/events';

/** A record of the test's shard: `at` is its place, and the second of its arrival after noon of 1 March 2026. */
export interface Put {
  readonly at: number;
  /** JSON, or text that is none. */
  readonly data: object | string;
}

/** The event that Lambda gives a function for some records. */
export function streamEvent(puts: readonly Put[], shard = SHARD): StreamEvent {
  return {
    Records: puts.map(({ at, data }) => ({
      eventID: `${shard}:${sequenceNumber(at)}`,
      eventSourceARN: STREAM,
      kinesis: {
        sequenceNumber: sequenceNumber(at),
        partitionKey: 'k',
        data: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)).toString('base64'),
        approximateArrivalTimestamp: Date.parse('2026-03-01T12:00:00Z') / 1000 + at,
      },
    })),
  };
}

export function sequenceNumber(at: number): string {
  return `49590338271490256608559692538361571095921575989136588${String(at).padStart(3, '0')}`;
}

/** A row of source `orders`. */
export function order(customer: unknown, orderedAt: string, amount: unknown, more: object = {}): object {
  return { source: 'orders', row: { customer_id: customer, ordered_at: orderedAt, amount, ...more } };
}
