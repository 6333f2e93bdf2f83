import * as z from 'zod';
import { CAUSE_KINDS, RETRAINING_STATUSES, WAIT_KINDS } from '../core/retraining/retraining.ts';
import { Because, Instant } from './api/api-values.ts';

/** Why a model is to be trained again. */
export const RetrainingCause = z.strictObject({
  kind: z.enum(CAUSE_KINDS),
  at: Instant,
  because: z.string(),
  /** ARN of the person or role that asked, or the execution that saw it. */
  actor: z.string(),
  /** The scan that saw it; null for the others. */
  scanId: z.string().nullable(),
  /** Digest of a person's request, so that the same request again is this one; null for the others. */
  requestId: z.string().nullable(),
});
export type RetrainingCause = z.infer<typeof RetrainingCause>;

export const Retraining = z.strictObject({
  retrainingId: z.string(),
  causes: z.array(RetrainingCause).min(1).describe('Those that came while it ran are among them'),
  executionId: z.string(),
  asOf: Instant.nullable().describe('The instant a person wants it to stand at; null for when it is planned'),
  startedAt: Instant,
  endedAt: Instant.nullable(),
  status: z.enum(RETRAINING_STATUSES),
  because: z.string(),
  /** The champion that it was to replace. */
  replaces: z.string().nullable(),
  releaseId: z.string().nullable(),
  rolloutId: z.string().nullable(),
  labelRows: z.number().min(0).nullable().describe("Rows of the label's source when it began; null when not known"),
  costUsd: z.number().min(0).nullable().describe('Of its training jobs; null while they run, and without a price'),
  helped: z.boolean().nullable().describe('Whether what caused it was gone afterwards; null while that is not known'),
  helpedBecause: z.string().nullable().describe('Null while it is not decided'),
});
export type Retraining = z.infer<typeof Retraining>;

/** All that is known of a model's retraining: one document, changed with its audit record. */
export const RetrainingState = z.strictObject({
  model: z.string(),
  /** Grows by one with each change; 0 for a model that was never retrained. */
  version: z.int().min(0),
  /** Newest first, at most 50. At most one trains; others without an end are rolling out. */
  retrainings: z.array(Retraining),
  /** Those of the last 30 days that are no longer among the 50: they still count for week and budget. */
  older: z.array(z.strictObject({ startedAt: Instant, costUsd: z.number().min(0).nullable() })),
  /** A person has to look before anything is retrained by itself; null otherwise. */
  escalation: z
    .strictObject({ at: Instant, because: z.string(), runbook: z.string(), causes: z.array(RetrainingCause) })
    .nullable(),
  /** Why the last cause led to no retraining; null when it did. */
  waiting: z
    .strictObject({
      kind: z.enum(WAIT_KINDS),
      at: Instant.describe('Since when'),
      because: z.string(),
      until: Instant.nullable(),
      causes: z.array(RetrainingCause),
    })
    .nullable(),
  /** What began before a person last looked does not count as not having helped; null when nobody had to look. */
  countedFrom: Instant.nullable(),
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

/** What `retraining/reconcile` is called with. */
export const ReconcileRetrainingsRequest = z.object({
  /** Of the execution of a training that has ended: its model alone is looked at. Null for every model. */
  input: z.string().nullable().default(null),
});
export type ReconcileRetrainingsRequest = z.infer<typeof ReconcileRetrainingsRequest>;

/** What the report of a scan says that retraining goes by; there is more in it. */
export const ScanFindings = z.object({
  scanId: z.string(),
  releaseId: z.string(),
  at: Instant,
  drift: z.object({ outcome: z.string(), because: z.string(), isPersistent: z.boolean() }).nullable(),
  performance: z
    .object({
      outcome: z.string(),
      because: z.string(),
      loss: z.object({ since: Instant.nullable(), outcomes: z.number() }),
    })
    .nullable(),
  health: z.object({ outcome: z.string(), because: z.string() }),
  diagnosis: z.object({ kind: z.string(), because: z.string() }),
});

export const AcknowledgeRetrainingRequest = z.strictObject({
  because: Because.describe('What was found and done; kept in the audit chain'),
});
export type AcknowledgeRetrainingRequest = z.infer<typeof AcknowledgeRetrainingRequest>;
