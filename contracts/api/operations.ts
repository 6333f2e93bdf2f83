import * as z from 'zod';
import { DriftReport } from '../drift-scan.ts';
import { FLOWS } from '../flows.ts';
import { LeakReport } from '../leak-check.ts';
import { MAX_SAMPLE, SkewReport } from '../skew-audit.ts';
import { Because, Instant, ReleaseId, UnreadableReports } from './api-values.ts';

export const StartMaterializationRequest = z
  .strictObject({
    from: Instant.optional().describe('Recompute from this instant on (backfill); by default where the last one ended'),
    to: Instant.optional().describe('Up to this instant; by default now'),
    version: z.string().optional().describe('A live version of the view; by default the current one'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    error: '"from" must lie before "to"',
  });
export type StartMaterializationRequest = z.infer<typeof StartMaterializationRequest>;

export const StartTrainingRequest = z.strictObject({
  asOf: Instant.optional().describe('Train as if it were this instant; by default now'),
});
export type StartTrainingRequest = z.infer<typeof StartTrainingRequest>;

export const StartSkewAuditRequest = z
  .strictObject({
    from: Instant.optional().describe('Predictions requested from this instant on; by default the last day'),
    to: Instant.optional().describe('Up to this instant; by default as far as the offline store is complete'),
    sampleSize: z.int().min(1).max(MAX_SAMPLE).optional().describe('Vectors that are rebuilt; by default 1,000'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to), {
    error: '"from" must lie before "to"',
  });
export type StartSkewAuditRequest = z.infer<typeof StartSkewAuditRequest>;

export const SkewAuditListResponse = z.strictObject({
  audits: z.array(SkewReport).describe('Newest first'),
  unreadable: UnreadableReports,
});
export type SkewAuditListResponse = z.infer<typeof SkewAuditListResponse>;

export const StartDriftScanRequest = z.strictObject({
  to: Instant.optional().describe('End of the windows that are looked at; by default now'),
});
export type StartDriftScanRequest = z.infer<typeof StartDriftScanRequest>;

/** Query string of the list of scans. */
export const DriftScanQuery = z.strictObject({
  limit: z.coerce
    .number()
    .pipe(z.int().min(1).max(20))
    .default(20)
    .describe('How many scans; of fewer, each has room for more columns'),
});
export type DriftScanQuery = z.infer<typeof DriftScanQuery>;

export const DriftScanListResponse = z.strictObject({
  scans: z.array(DriftReport).describe('Newest first'),
  unreadable: UnreadableReports,
});
export type DriftScanListResponse = z.infer<typeof DriftScanListResponse>;

export const StartLeakCheckRequest = z.strictObject({});
export type StartLeakCheckRequest = z.infer<typeof StartLeakCheckRequest>;

export const LeakCheckListResponse = z.strictObject({
  checks: z.array(LeakReport).describe('Newest first'),
  unreadable: UnreadableReports,
});
export type LeakCheckListResponse = z.infer<typeof LeakCheckListResponse>;

export const StartRolloutRequest = z
  .strictObject({
    releaseId: ReleaseId,
    force: z
      .boolean()
      .default(false)
      .describe('Try a candidate again that was refused for what was measured, although nothing in it has changed'),
    because: Because.optional().describe('Why; needed with `force`'),
  })
  .refine(({ force, because }) => !force || because !== undefined, {
    path: ['because'],
    error: 'must say why the candidate is tried again',
  });
export type StartRolloutRequest = z.infer<typeof StartRolloutRequest>;

export const ExecutionStartedResponse = z.strictObject({
  executionId: z.string().describe('Ask GET /v1/executions/{id} how far it has come'),
});
export type ExecutionStartedResponse = z.infer<typeof ExecutionStartedResponse>;

export const ExecutionResponse = z.strictObject({
  executionId: z.string(),
  flow: z.enum(FLOWS),
  status: z.enum(['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']),
  step: z.string().nullable().describe('The state it is in, or was in last; of a failure the state that failed'),
  startedAt: Instant,
  endedAt: Instant.nullable(),
  output: z.unknown(),
  error: z.strictObject({ name: z.string(), message: z.string() }).nullable(),
});
export type ExecutionResponse = z.infer<typeof ExecutionResponse>;
