import * as z from 'zod';
import { BatchPredictionReport } from '../batch-prediction.ts';
import { Download, Instant, UnreadableReports } from './api-values.ts';
import { EntityFile } from './training-sets.ts';

export const StartBatchPredictionRequest = z.strictObject({
  asOf: Instant.optional().describe('With features as they were known at this instant; by default now'),
  entities: EntityFile.optional().describe(
    'A file that was uploaded as an entity table, with a column for each join key and each value of a request; by default every entity that the feature views of the model know',
  ),
});
export type StartBatchPredictionRequest = z.infer<typeof StartBatchPredictionRequest>;

export const BatchPredictionListResponse = z.strictObject({
  batchPredictions: z
    .array(
      BatchPredictionReport.extend({
        downloads: z.array(Download).describe('The files of the newest runs; older ones are found at their uri'),
      }),
    )
    .describe('Newest first'),
  unreadable: UnreadableReports,
});
export type BatchPredictionListResponse = z.infer<typeof BatchPredictionListResponse>;
