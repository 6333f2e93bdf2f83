import * as z from 'zod';
import { EpochMs } from './api/api-values.ts';
import { EntityFile } from './api/training-sets.ts';
import { AthenaQuery } from './athena-query.ts';
import type { NothingToDo } from './nothing-to-do.ts';

const BatchId = z.string().regex(/^[0-9a-f]{32}$/);
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What the `batch-predict` flow is started with, and the name of its execution. */
export const BatchPredictionTask = z.object({
  model: z.string().min(1),
  /** Features as they were known at this instant; by default now. */
  asOfMs: EpochMs.optional(),
  /** Which entities; by default all that the model's views know. */
  entities: EntityFile.optional(),
  cause: z.string().min(1),
  actor: z.string().min(1),
  executionName: z.string().min(1),
});
export type BatchPredictionTask = z.infer<typeof BatchPredictionTask>;

/** What is fixed for a whole run. */
export const BatchScope = z.strictObject({
  batchId: BatchId,
  model: z.string().min(1),
  releaseId: Sha256,
  asOfMs: z.int(),
  startedAt: z.string(),
  entities: EntityFile.nullable(),
  /** Rows loaded later are not seen, by table. */
  watermarks: z.record(z.string(), z.int()),
  /** Whether the answers go to the online store. */
  publishes: z.boolean(),
  cause: z.string().min(1),
  actor: z.string().min(1),
});
export type BatchScope = z.infer<typeof BatchScope>;

export type BatchPredictionPlan =
  | { readonly action: 'find'; readonly scope: BatchScope; readonly query: AthenaQuery }
  | { readonly action: 'given'; readonly scope: BatchScope }
  | NothingToDo;

export const PrepareBatchRequest = z.object({ scope: BatchScope });
export type PrepareBatchRequest = z.infer<typeof PrepareBatchRequest>;

/** The entities as the join reads them. */
export const BatchJoin = z.strictObject({
  action: z.literal('join'),
  entityTableId: BatchId,
  rows: z.int().min(1),
  parts: z.int().min(1),
  query: AthenaQuery,
});
export type BatchJoin = z.infer<typeof BatchJoin>;

/** Encoding, collecting and publishing go part by part, each call as far as its time lasts. */
export const BatchPartsRequest = z.object({
  scope: BatchScope,
  join: BatchJoin,
  /** The part to go on with. */
  cursor: z.int().min(0),
});
export type BatchPartsRequest = z.infer<typeof BatchPartsRequest>;

export interface BatchProgress {
  readonly done: boolean;
  /** The part to go on with. */
  readonly cursor: number;
  readonly parts: number;
}

export interface EncodedBatch extends BatchProgress {
  /** Whole SageMaker requests; null until all is encoded, and when no row can be asked about. */
  readonly job: {
    readonly model: Readonly<Record<string, unknown>>;
    readonly transform: Readonly<Record<string, unknown>>;
  } | null;
}

export interface PublishedBatch extends BatchProgress {
  readonly written: number;
  /** Items that a later run had written already. */
  readonly stale: number;
}

export const FinishBatchRequest = z.object({
  scope: BatchScope,
  join: BatchJoin,
  /** Of the transform job, as the service gives it; null when none ran. */
  job: z
    .object({
      TransformStartTime: z.union([z.string(), z.number()]),
      TransformEndTime: z.union([z.string(), z.number()]),
      TransformResources: z.object({ InstanceType: z.string(), InstanceCount: z.int() }),
    })
    .nullable(),
  published: z.object({ written: z.int(), stale: z.int() }),
});
export type FinishBatchRequest = z.infer<typeof FinishBatchRequest>;

export const AbandonBatchRequest = z.object({ scope: z.object({ model: z.string().min(1), batchId: BatchId }) });
export type AbandonBatchRequest = z.infer<typeof AbandonBatchRequest>;

const Count = z.int().min(0);
const Instant = z.string().describe('ISO 8601, UTC');

/** `manifest.json` beside the results, what the flow ends with, and what the API lists. */
export const BatchPredictionReport = z.strictObject({
  schema: z.literal('headgate.batch-prediction/v1'),
  batchId: z.string(),
  model: z.string(),
  releaseId: z.string(),
  asOf: Instant.describe('Features are those that were known at this instant'),
  cause: z.string(),
  actor: z.string(),
  startedAt: Instant,
  at: Instant.describe('When it had finished'),
  uri: z.string().describe('`s3://bucket/prefix/` of the results'),
  rows: Count.describe('Entities that were asked about'),
  scored: Count,
  refused: Count.describe('Entities without a score: the model does not answer without features that they lack'),
  positive: Count.nullable().describe('Positive decisions; null without a decision threshold'),
  meanScore: z.number().nullable(),
  entities: z.strictObject({
    from: z.enum(['views', 'file']),
    sha256: z.string().nullable().describe('Of the file'),
  }),
  watermarks: z.record(z.string(), z.int()).describe('Rows loaded later (epoch milliseconds) were not seen, by table'),
  artifactSha256: z.string(),
  files: z
    .array(z.strictObject({ name: z.string(), sha256: z.string(), sizeBytes: Count, rows: Count }))
    .describe('Parquet: join keys, score, decision, refused, release_id, as_of'),
  published: z
    .strictObject({ written: Count, stale: Count.describe('Answers of a later run stayed') })
    .nullable()
    .describe('Answers in the online store; null when they did not go there'),
  job: z
    .strictObject({
      seconds: z.number(),
      instanceType: z.string(),
      instances: z.int(),
      usd: z.number().nullable().describe('List price; null for an instance type or region that is not in the list'),
    })
    .nullable(),
});
export type BatchPredictionReport = z.infer<typeof BatchPredictionReport>;
