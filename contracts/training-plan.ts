import * as z from 'zod';
import { EpochMs } from './api/api-values.ts';
import { AthenaQuery } from './athena-query.ts';

/** What the `train` flow is started with, and the name of its execution. */
export const TrainingRequest = z.object({
  model: z.string().min(1),
  /** Train as if it were this instant; by default now. A leak check stands at the instant of the release it looks at. */
  asOfMs: EpochMs.optional(),
  /** False is a leak check: the newest release's training once more, with values that were not known yet. */
  knowledgeCut: z.boolean().default(true),
  cause: z.string().min(1),
  /** ARN of the person or role that asked. */
  actor: z.string().min(1),
  executionName: z.string().min(1),
});
export type TrainingRequest = z.infer<typeof TrainingRequest>;

/** What a training reads, fixed once: with the definitions it gives the same statement and the same rows again. */
export const TrainingPlan = z.strictObject({
  /** Names the training; digest of its cause. */
  trainingId: z.string(),
  model: z.string(),
  cause: z.string(),
  actor: z.string(),
  asOfMs: z.int(),
  /** Whether a row sees only what was known at its instant. What is trained without can never be registered. */
  knowledgeCut: z.boolean(),
  /** Of a leak check, the release whose training set is joined again; otherwise null. */
  comparedWith: z.string().nullable(),
  /** Watermark on `loaded_at_ms` of every table read, by Glue table. */
  watermarks: z.record(z.string(), z.int()),
  /** Event times of the oldest and the newest row of the label's source. */
  labelEvents: z.strictObject({ oldestMs: z.int(), newestMs: z.int() }),
  /** The release that answered when it was planned: the new one is judged against it. Null when there is none. */
  championId: z.string().nullable(),
  /** The newest release that had passed its gates: its training rows are what this training's are compared with. */
  lastReleaseId: z.string().nullable(),
  /** Digest of the statement, so that definitions that changed since are noticed. */
  statementSha256: z.string(),
  /** Prefix of the joined rows in the offline bucket. */
  prefix: z.string(),
  query: AthenaQuery,
});
export type TrainingPlan = z.infer<typeof TrainingPlan>;

export const SealRequest = z.object({ plan: TrainingPlan });
export type SealRequest = z.infer<typeof SealRequest>;
