import * as z from 'zod';
import { EpochMs, Instant } from './api/api-values.ts';
import { AthenaQuery } from './athena-query.ts';
import { NothingToDo } from './nothing-to-do.ts';

/** What the `drift-scan` flow is started with, and the name of its execution. */
export const DriftScanRequest = z.object({
  model: z.string().min(1),
  /** End of the window; by default, and at most, now. */
  toMs: EpochMs.optional(),
  cause: z.string().min(1),
  /** ARN of the person or role that asked. */
  actor: z.string().min(1),
  executionName: z.string().min(1),
});
export type DriftScanRequest = z.infer<typeof DriftScanRequest>;

/** What one scan looks at, fixed once: every part of it counts and judges for this. */
export const ScanScope = z.strictObject({
  scanId: z.string().regex(/^[0-9a-f]{32}$/),
  model: z.string(),
  /** The champion when the scan was planned. */
  releaseId: z.string(),
  cause: z.string(),
  actor: z.string(),
  /** End of every window of the scan. */
  atMs: z.int(),
  /** Beginning of the window whose inputs and answers are compared. */
  fromMs: z.int(),
  /** Since when the release has been champion without a break. */
  championSinceMs: z.int(),
  /** Prefix of what the queries write in the offline bucket; each part has a folder of its own below it. */
  prefix: z.string(),
  /** Of all definitions when the queries were made: what they wrote means nothing to others. */
  definitionsSha256: z.string(),
});
export type ScanScope = z.infer<typeof ScanScope>;

/** A query of a scan, run beside the others. */
export const ScanQuery = z.strictObject({ part: z.string(), query: AthenaQuery });
export type ScanQuery = z.infer<typeof ScanQuery>;

export const DriftScanPlan = z.discriminatedUnion('action', [
  NothingToDo,
  z.strictObject({ action: z.literal('count'), scope: ScanScope, queries: z.array(ScanQuery) }),
]);
export type DriftScanPlan = z.infer<typeof DriftScanPlan>;

export const JudgeScanRequest = z.object({ scope: ScanScope });
export type JudgeScanRequest = z.infer<typeof JudgeScanRequest>;

const Count = z.number().min(0);
const Numbers = z.record(z.string(), z.number());
const Because = z.string().describe('In a sentence, with the numbers');

/** One way in which a column may differ from the reference. */
const DriftTest = z.strictObject({
  test: z.enum(['psi', 'ks', 'chi_square', 'new_categories', 'missing']),
  effect: z.number().nullable().describe('Size of the difference, in the unit of its limit; null when not computable'),
  effectLimit: z.number().describe('Below it a difference is not called drift, however certain'),
  pValue: z.number().min(0).max(1).nullable(),
  alpha: z.number().describe('What the scan leaves this test of the error budget'),
  isDrifting: z.boolean(),
});
export type DriftTest = z.infer<typeof DriftTest>;

const Bin = z.strictObject({
  label: z.string().describe('`[3, 7.5)`, a category, `other`, `new` or `missing`'),
  reference: z.number().min(0).max(1),
  live: z.number().min(0).max(1),
});

export const ColumnDrift = z.strictObject({
  column: z.string().describe('`view:feature`, `score` or `decision`'),
  role: z.enum(['input', 'prediction']),
  segment: z.string().nullable().describe('`view:feature = value`; null for all rows'),
  outcome: z.enum(['stable', 'drifting', 'not-computable']),
  because: Because,
  rows: z.strictObject({ reference: Count, live: Count, effectiveLive: Count }),
  tests: z.array(DriftTest),
  bins: z.array(Bin).describe('The histogram behind it, as shares'),
  numbers: Numbers.describe('Jensen-Shannon distance, null quantile of the PSI and the like, by name'),
});
export type ColumnDrift = z.infer<typeof ColumnDrift>;

const DriftFindings = z.strictObject({
  outcome: z.enum(['stable', 'drifting', 'not-computable']),
  because: Because,
  isPersistent: z.boolean().describe('Drift in as many of the last scans as the model asks for'),
  reference: z.strictObject({ kind: z.enum(['training', 'season']), releaseId: z.string(), rows: Count }),
  rows: Count,
  effectiveRows: Count.describe('After what one entity repeats is counted once'),
  columns: z
    .array(ColumnDrift)
    .describe('Drifting ones first, by the size of the difference over its limit; as many as there is room for'),
});
export type DriftFindings = z.infer<typeof DriftFindings>;

const Estimate = z.strictObject({
  metric: z.string(),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});

const PerformanceWindow = z.strictObject({
  from: Instant,
  to: Instant,
  predictions: Count,
  outcomes: Count,
  metrics: z.array(Estimate),
});

export const PerformanceFindings = z.strictObject({
  outcome: z.enum(['holding', 'degraded', 'not-computable']),
  because: Because,
  releaseId: z.string(),
  /** Matured predictions alone. */
  matured: PerformanceWindow,
  /** What has an outcome already but may still change or is biased towards what shows early: never judged. */
  provisional: PerformanceWindow,
  /** What the scores themselves promise where outcomes are missing; null for regressions and uncalibrated scores. */
  estimated: PerformanceWindow.nullable(),
  coverage: z.strictObject({
    share: z.number().min(0).max(1).nullable().describe('Of matured predictions, those with an outcome'),
    isOneSided: z.boolean().describe('Outcomes are missing for some answers more than for others'),
    because: Because,
  }),
  loss: z.strictObject({
    name: z.string(),
    promised: z.number().nullable().describe("Mean in the release's own evaluation"),
    limit: z.number().nullable(),
    seen: z.number().nullable(),
    low: z.number().nullable().describe('Always-valid lower bound of the mean'),
    since: Instant.nullable().describe('Where the worst stretch begins'),
    outcomes: Count.describe('Matured outcomes since then'),
  }),
  calibration: z.array(
    z.strictObject({ from: z.number(), to: z.number(), n: Count, score: z.number(), outcome: z.number() }),
  ),
  slices: z.array(z.strictObject({ segment: z.string(), n: Count, metrics: z.array(Estimate) })),
  fairness: z.array(
    z.strictObject({
      attribute: z.string(),
      criterion: z.string(),
      groups: z.array(
        z.strictObject({ group: z.string(), n: Count, rate: z.number(), low: z.number(), high: z.number() }),
      ),
      difference: z.number().nullable(),
    }),
  ),
});
export type PerformanceFindings = z.infer<typeof PerformanceFindings>;

const HealthCheck = z.strictObject({
  subject: z.string().describe('`source transactions`, `feature view customer_spend`, `predictions`'),
  check: z.enum(['freshness', 'volume', 'nulls', 'lateness', 'schema', 'served-missing']),
  outcome: z.enum(['healthy', 'unhealthy', 'not-computable']),
  because: Because,
  seen: z.number().nullable(),
  limit: z.number().nullable(),
});
export type HealthCheck = z.infer<typeof HealthCheck>;

const HealthFindings = z.strictObject({
  outcome: z.enum(['healthy', 'unhealthy', 'not-computable']),
  because: Because,
  checks: z.array(HealthCheck).describe('Unhealthy ones first'),
});
export type HealthFindings = z.infer<typeof HealthFindings>;

/** What a scan found, and what follows from it. */
export const DriftReport = z.strictObject({
  scanId: z.string(),
  model: z.string(),
  releaseId: z.string(),
  cause: z.string(),
  at: Instant,
  from: Instant,
  to: Instant,
  drift: DriftFindings.nullable().describe('Null when the model does not look for drift'),
  performance: PerformanceFindings.nullable().describe('Null when the model does not look at performance'),
  health: HealthFindings,
  diagnosis: z.strictObject({
    kind: z.enum(['well', 'input-drift', 'prediction-drift', 'degradation', 'relation-changed', 'outage', 'unknown']),
    because: Because,
  }),
});
export type DriftReport = z.infer<typeof DriftReport>;
