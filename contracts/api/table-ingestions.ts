import * as z from 'zod';
import { TABLE_NAME_RULE, tableNamePattern } from '../../core/ingestion/warehouse-table.ts';
import { Instant } from './api-values.ts';
import { IngestionReport } from './ingestions.ts';

/** A table of the warehouse, as `database.table`. */
export const WarehouseTable = z.string().regex(tableNamePattern, TABLE_NAME_RULE);

export const TableIngestionRequest = z.strictObject({
  table: WarehouseTable.describe('database.table in the Glue catalogue, one that the environment lists'),
  since: Instant.optional().describe(
    'Only rows with this event time or a later one; the table has to hold it as a timestamp or a date',
  ),
  history: z
    .boolean()
    .default(false)
    .describe('The rows were known at their event time plus the source’s lag, not only from now on'),
});
export type TableIngestionRequest = z.infer<typeof TableIngestionRequest>;

/** The reports of all files that the table came in, as one. */
export const TableIngestionReport = IngestionReport.omit({ fileName: true, sha256: true }).extend({
  ingestionId: z.string(),
  table: z.string().describe('Table of the warehouse'),
  files: z.int().describe('Files that the rows came in; each is a run of its own'),
  quarantineUri: z.string().nullable().describe('Folder of the quarantined rows; null when there are none'),
});
export type TableIngestionReport = z.infer<typeof TableIngestionReport>;
