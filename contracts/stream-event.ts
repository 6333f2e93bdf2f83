import * as z from 'zod';

/** What Lambda gives a function that reads a Kinesis stream. Members that nothing reads are left out. */
export const StreamEvent = z.object({
  Records: z.array(
    z.object({
      /** `<shard>:<sequence number>` */
      eventID: z.string().regex(/^.+:\d+$/),
      eventSourceARN: z.string(),
      kinesis: z.object({
        sequenceNumber: z.string().regex(/^\d{1,60}$/),
        partitionKey: z.string(),
        data: z.base64(),
        approximateArrivalTimestamp: z.number().describe('Epoch seconds'),
      }),
    }),
  ),
});
export type StreamEvent = z.infer<typeof StreamEvent>;

/** What a function answers of a batch: the records that failed. */
export interface StreamBatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

/**
 * What Lambda puts into the bucket for records that it gave up.
 * Source: Lambda developer guide, "Retain discarded batch records for a Kinesis Data Streams event source".
 */
export const FailedBatchDocument = z.object({
  requestContext: z.object({ condition: z.string(), approximateInvokeCount: z.number() }),
  timestamp: z.string(),
  /** The event, as JSON text. */
  payload: z.string(),
});
export type FailedBatchDocument = z.infer<typeof FailedBatchDocument>;
