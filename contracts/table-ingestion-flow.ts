import * as z from 'zod';
import { Instant } from './api/api-values.ts';
import { TableIngestionReport, WarehouseTable } from './api/table-ingestions.ts';
import { AthenaQuery } from './athena-query.ts';

/** What the `ingest-table` flow is started with, and the name of its execution. */
export const TableIngestionTask = z.strictObject({
  source: z.string(),
  /** `database.table` in the catalogue of the account. */
  table: WarehouseTable,
  /** Rows from this event time on; null for all of them. */
  since: Instant.nullable(),
  history: z.boolean(),
  cause: z.string().min(1),
  executionName: z.string().min(1),
});
export type TableIngestionTask = z.infer<typeof TableIngestionTask>;

export const TableIngestionPlan = z.strictObject({
  ingestionId: z.string().regex(/^[0-9a-f]{32}$/),
  source: z.string(),
  /** The table the rows come from. */
  from: z.string(),
  history: z.boolean(),
  /** Glue table of the source, that the rows go to. */
  table: z.string(),
  /** Where the query writes in the offline bucket. */
  prefix: z.string(),
  query: AthenaQuery,
});
export type TableIngestionPlan = z.infer<typeof TableIngestionPlan>;

export const LoadTableRequest = z.strictObject({
  plan: TableIngestionPlan,
  /** Number of the file to load, in order of name. */
  cursor: z.int().min(0),
  /** Of the files before it; null before the first. */
  report: TableIngestionReport.nullable(),
});
export type LoadTableRequest = z.infer<typeof LoadTableRequest>;

export interface LoadedTablePart {
  readonly done: boolean;
  readonly cursor: number;
  readonly report: TableIngestionReport;
}
