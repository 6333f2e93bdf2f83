import * as z from 'zod';
import { AthenaQuery } from './athena-query.ts';
import { QualityCheckPlan, QualityReport } from './quality.ts';

/** What the `materialize` flow is started with, and the name of its execution. */
export const MaterializationRequest = z.object({
  view: z.string().min(1),
  /** A live version of it; by default the current one. */
  version: z.string().optional(),
  /** Recompute from this instant on, inclusive; by default where the last run ended. */
  fromMs: z.int().optional(),
  /** Up to this instant, inclusive; by default, and at most, now. */
  toMs: z.int().optional(),
  cause: z.string().min(1),
  executionName: z.string().min(1),
});
export type MaterializationRequest = z.infer<typeof MaterializationRequest>;

/** What has to go online: the newest row of each entity among those not brought online yet. */
export const OnlinePlan = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('nothing'), because: z.string() }),
  z.strictObject({
    action: z.literal('export'),
    view: z.string(),
    version: z.string(),
    table: z.string(),
    /** Load time up to which the export brings the online store. */
    loadedAtMs: z.int(),
    /** Prefix of the exported files in the offline bucket. */
    prefix: z.string(),
    query: AthenaQuery,
  }),
]);
export type OnlinePlan = z.infer<typeof OnlinePlan>;

export const ComputePlan = z.strictObject({
  action: z.literal('compute'),
  view: z.string(),
  version: z.string(),
  table: z.string(),
  runId: z.string(),
  cause: z.string(),
  loadedAtMs: z.int(),
  /** Ticks (aggregated) or event times (row-level) that are computed: after `fromMs`, up to `toMs`. */
  fromMs: z.int(),
  toMs: z.int(),
  /** Rows of the source that were loaded by then are seen. */
  sourceWatermarkMs: z.int(),
  materializedToMs: z.int().nullable(),
  /** Whole Glue CreateTable request: that the table is there already is no failure. */
  createTable: z.looseObject({ DatabaseName: z.string() }),
  query: AthenaQuery,
  check: QualityCheckPlan,
  /** Where the run writes in the offline bucket beside its table; deleted when it is given up. */
  prefixes: z.array(z.string()),
  /** Source rows loaded by then have been judged once the run is committed; null for a run over a range of its own. */
  judgedToMs: z.int().nullable(),
  /** What rows are divided by to compare runs; null for a run that does not compare with others. */
  comparedTicks: z.int().min(1).nullable(),
});
export type ComputePlan = z.infer<typeof ComputePlan>;

export type MaterializationPlan =
  | ComputePlan
  | {
      readonly action: 'online-only';
      readonly view: string;
      readonly version: string;
      readonly online: OnlinePlan;
      readonly because: string;
    }
  | { readonly action: 'nothing'; readonly view: string; readonly version: string; readonly because: string };

export const CheckMaterializationRequest = z.object({ plan: ComputePlan });
export type CheckMaterializationRequest = z.infer<typeof CheckMaterializationRequest>;

export const CommitMaterializationRequest = z.object({
  plan: ComputePlan,
  /** Null when the view expects nothing. */
  quality: QualityReport.nullable().default(null),
});
export type CommitMaterializationRequest = z.infer<typeof CommitMaterializationRequest>;

export const WriteOnlineRequest = z.object({
  online: OnlinePlan,
  /** Where the call before stopped; null for the first. */
  cursor: z.strictObject({ key: z.string(), row: z.int() }).nullable(),
});
export type WriteOnlineRequest = z.infer<typeof WriteOnlineRequest>;
