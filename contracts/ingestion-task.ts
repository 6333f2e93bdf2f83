import * as z from 'zod';
import { FILE_FORMATS } from './api/ingestions.ts';

/** What the `ingest` flow is started with, and its task is given. */
export const IngestionTask = z.strictObject({
  ingestionId: z.string(),
  source: z.string(),
  /** Glue table of the source. */
  table: z.string(),
  runId: z.string(),
  /** Where the uploaded file lies in the offline bucket. */
  key: z.string(),
  format: z.enum(FILE_FORMATS),
  sha256: z.string(),
  sizeBytes: z.int(),
  fileName: z.string(),
  history: z.boolean(),
});
export type IngestionTask = z.infer<typeof IngestionTask>;

/** What `tables/abandon-run` is given by the flows that write a table, when they fail. */
export const AbandonRunTask = z.strictObject({
  table: z.string(),
  runId: z.string(),
  /** Prefixes in the offline bucket to delete beside the run's own rows. */
  prefixes: z.array(z.string()).default([]),
  reason: z.string(),
});
export type AbandonRunTask = z.infer<typeof AbandonRunTask>;
