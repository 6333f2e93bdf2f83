import * as z from 'zod';
import { Instant } from './api-values.ts';

export const RecordOutcomesRequest = z.strictObject({
  outcomes: z
    .array(
      z.strictObject({
        predictionId: z.uuid({ error: 'must be the predictionId of an answer (a UUID)' }),
        value: z.union([z.number(), z.boolean()], { error: 'must be a number or a boolean' }),
        occurredAt: Instant.describe('When it became true'),
      }),
    )
    .min(1)
    .max(500),
});
export type RecordOutcomesRequest = z.infer<typeof RecordOutcomesRequest>;

export const RecordOutcomesResponse = z.strictObject({
  receipts: z
    .array(
      z.strictObject({
        predictionId: z.string(),
        status: z.enum(['recorded', 'duplicate', 'corrected', 'unknown-prediction']),
      }),
    )
    .describe('One per outcome, in the order given'),
  counts: z.record(z.string(), z.int()).describe('How many outcomes had each status'),
});
export type RecordOutcomesResponse = z.infer<typeof RecordOutcomesResponse>;
