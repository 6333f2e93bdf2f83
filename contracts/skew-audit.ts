import * as z from 'zod';
import { Instant, JoinKeyValue, JsonValue } from './api/api-values.ts';
import { AthenaQuery } from './athena-query.ts';
import { NothingToDo } from './nothing-to-do.ts';

/** Vectors that one audit may compare; each is rebuilt at several instants, in the memory of one function. */
export const MAX_SAMPLE = 10_000;

/** What the `skew-audit` flow is started with, and the name of its execution. */
export const SkewAuditRequest = z.object({
  model: z.string().min(1),
  /** Predictions requested from this instant on; by default the last day. */
  fromMs: z.int().optional(),
  /** Predictions answered up to this instant; by default, and at most, as far as the offline store is complete. */
  toMs: z.int().optional(),
  sampleSize: z.int().min(1).max(MAX_SAMPLE).default(1_000),
  cause: z.string().min(1),
  executionName: z.string().min(1),
});
export type SkewAuditRequest = z.infer<typeof SkewAuditRequest>;

/** What is audited, fixed once. */
export const SkewAuditScope = z.strictObject({
  auditId: z.string().regex(/^[0-9a-f]{32}$/),
  model: z.string(),
  releaseId: z.string(),
  cause: z.string(),
  fromMs: z.int(),
  toMs: z.int(),
  /** Watermark on `loaded_at_ms` of the view tables that vectors are rebuilt from, by Glue table. */
  watermarks: z.record(z.string(), z.int()),
  /** Prefix of the sampled predictions in the offline bucket. */
  samplePrefix: z.string(),
});
export type SkewAuditScope = z.infer<typeof SkewAuditScope>;

export const SkewAuditPlan = z.discriminatedUnion('action', [
  NothingToDo,
  z.strictObject({ action: z.literal('sample'), scope: SkewAuditScope, query: AthenaQuery }),
]);
export type SkewAuditPlan = z.infer<typeof SkewAuditPlan>;

export const SkewStepRequest = z.object({ scope: SkewAuditScope });
export type SkewStepRequest = z.infer<typeof SkewStepRequest>;

export const SkewJoinPlan = z.discriminatedUnion('action', [
  NothingToDo,
  z.strictObject({ action: z.literal('join'), sampled: z.int(), query: AthenaQuery }),
]);
export type SkewJoinPlan = z.infer<typeof SkewJoinPlan>;

const Count = z.int().min(0);

/** What an audit found. */
export const SkewReport = z.strictObject({
  auditId: z.string(),
  model: z.string(),
  releaseId: z.string(),
  cause: z.string(),
  at: Instant,
  from: Instant,
  to: Instant,
  outcome: z.enum(['pass', 'fail']).describe('fail: at least one served value is none that could have been known'),
  because: z.string(),
  vectors: Count,
  mismatchedVectors: Count,
  features: z.array(
    z.strictObject({
      ref: z.string(),
      compared: Count,
      exact: Count,
      late: Count.describe('Equal to what could have been known up to ten minutes earlier'),
      maxLagMs: Count,
      mismatched: Count,
    }),
  ),
  mismatches: z.array(
    z.strictObject({
      predictionId: z.string(),
      entities: z.record(z.string(), JoinKeyValue),
      ref: z.string(),
      served: JsonValue,
      rebuilt: JsonValue,
    }),
  ),
});
export type SkewReport = z.infer<typeof SkewReport>;
