import * as z from 'zod';
import { Instant } from './api/api-values.ts';

/** Why a model is to be trained again. */
export const RetrainingCause = z.strictObject({
  kind: z.enum(['schedule', 'drift', 'degradation', 'new-data', 'person']),
  at: Instant,
  because: z.string(),
  /** ARN of the person or role that asked, or the execution that saw it. */
  actor: z.string(),
  /** The scan that saw it; null for the others. */
  scanId: z.string().nullable(),
});
export type RetrainingCause = z.infer<typeof RetrainingCause>;

export const Retraining = z.strictObject({
  retrainingId: z.string(),
  causes: z.array(RetrainingCause).min(1).describe('Those that came while it ran are among them'),
  executionId: z.string(),
  startedAt: Instant,
  endedAt: Instant.nullable(),
  status: z.enum(['training', 'rolling-out', 'promoted', 'not-promoted', 'not-passed', 'failed']),
  because: z.string(),
  /** The champion that it was to replace. */
  replaces: z.string().nullable(),
  releaseId: z.string().nullable(),
  rolloutId: z.string().nullable(),
  costUsd: z.number().min(0).nullable(),
  helped: z.boolean().nullable().describe('Whether what caused it was gone afterwards; null while that is not known'),
});
export type Retraining = z.infer<typeof Retraining>;

/** All that is known of a model's retraining: one document, changed with its audit record. */
export const RetrainingState = z.strictObject({
  model: z.string(),
  /** Grows by one with each change; 0 for a model that was never retrained. */
  version: z.int().min(0),
  /** Newest first, at most 50; only the first may be without an end. */
  retrainings: z.array(Retraining),
  /** A person has to look before anything is retrained by itself; null otherwise. */
  escalation: z
    .strictObject({ at: Instant, because: z.string(), runbook: z.string(), causes: z.array(RetrainingCause) })
    .nullable(),
  /** Why the last cause led to no retraining; null when it did. */
  waiting: z.strictObject({ at: Instant, because: z.string(), until: Instant.nullable() }).nullable(),
});
export type RetrainingState = z.infer<typeof RetrainingState>;

/** What `retraining/advance` is called with: by a scan, by the end of a training or rollout, by the reconciler. */
export const AdvanceRetrainingRequest = z.object({
  model: z.string().min(1),
  /** The newest scan of the flow that calls; null for the others. */
  scanId: z.string().nullable().default(null),
  actor: z.string().min(1),
});
export type AdvanceRetrainingRequest = z.infer<typeof AdvanceRetrainingRequest>;
