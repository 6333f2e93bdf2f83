import * as z from 'zod';
import { Instant } from './api/api-values.ts';
import { AthenaQuery } from './athena-query.ts';

/** What one expectation says of a run. */
export const ExpectationOutcome = z.strictObject({
  name: z.string(),
  kind: z.enum(['row', 'null_share', 'unique', 'freshness', 'volume']),
  severity: z.enum(['quarantine', 'block', 'warn']),
  outcome: z.enum(['pass', 'fail', 'inconclusive']).describe('inconclusive has no consequence'),
  because: z.string().nullable().describe('Null when it passed'),
  evidence: z.array(
    z.strictObject({
      metric: z.string(),
      observed: z.number().nullable(),
      limit: z.number(),
      rule: z.enum(['at-least', 'at-most']),
      n: z.int(),
      note: z.string().optional(),
    }),
  ),
});
export type ExpectationOutcome = z.infer<typeof ExpectationOutcome>;

/** What the expectations of a view say of one run. */
export const QualityReport = z.strictObject({
  view: z.string(),
  version: z.string(),
  runId: z.string(),
  at: Instant.describe('Load time of the run’s rows'),
  outcome: z.enum(['passed', 'warned', 'blocked']).describe('blocked: the rows of the run were never visible'),
  sourceRows: z.int().describe('Source rows that were judged'),
  setAsideRows: z.int().describe('Those that break a quarantine rule and take no part in the view'),
  rows: z.int().describe('Rows the run computed'),
  expectations: z.array(ExpectationOutcome),
});
export type QualityReport = z.infer<typeof QualityReport>;

/** What has to be measured before a run may be committed. */
export const QualityCheckPlan = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('nothing') }),
  z.strictObject({
    action: z.literal('measure'),
    /** Prefix of the measures in the offline bucket. */
    prefix: z.string(),
    query: AthenaQuery,
    /** Digest of the expectations that are measured, whose places the measures go by. */
    expectations: z.string(),
    /** Source rows the expectations are about. */
    judged: z.strictObject({ fromMs: z.int(), toMs: z.int(), loadedFromMs: z.int(), watermarkMs: z.int() }),
    plannedAtMs: z.int(),
    /** Event time of the source's newest row. */
    newestEventTimeMs: z.int().nullable(),
    /** Rows (per tick) of the runs before, of those that compare. */
    volumesBefore: z.array(z.number()),
  }),
]);
export type QualityCheckPlan = z.infer<typeof QualityCheckPlan>;

/** What `materialization/check` answers. */
export interface CheckedMaterialization {
  readonly allowed: boolean;
  /** Why not, for people; null when it is allowed. */
  readonly because: string | null;
  readonly quality: QualityReport;
  /** Where the rows go that were set aside, if there are any. */
  readonly setAside:
    | { readonly action: 'nothing' }
    | { readonly action: 'export'; readonly prefix: string; readonly query: AthenaQuery };
}
