import type { ExecutionStartedResponse } from '../../contracts/api/operations.ts';
import type { TableIngestionReport, TableIngestionRequest } from '../../contracts/api/table-ingestions.ts';
import { followExecution } from '../api/follow-execution.ts';
import { plural } from '../terminal/plain-words.ts';
import { printRows } from './ingest.ts';
import type { VerbContext } from './verb-context.ts';

export interface IngestTableOptions {
  /** Rows with this event time or a later one. */
  readonly since?: string | undefined;
  /** The rows are history: known at their event time plus the source's lag. */
  readonly history: boolean;
}

/** Loads rows of a table of the warehouse into the source of a feature view. */
export async function ingestTable(
  { api, terminal }: VerbContext,
  view: string,
  table: string,
  { since, history }: IngestTableOptions,
): Promise<TableIngestionReport> {
  const request: TableIngestionRequest = { table, history, ...(since !== undefined && { since }) };
  const { executionId } = await api.post<ExecutionStartedResponse>(
    `/v1/feature-views/${encodeURIComponent(view)}/table-ingestions`,
    request,
  );
  return followExecution<TableIngestionReport>(api, executionId, `loading ${table}`, terminal);
}

export function printTableIngestion({ terminal }: VerbContext, report: TableIngestionReport): void {
  terminal.json(report);
  terminal.print(`${terminal.colors.green('✓')} ${report.table} is loaded, in ${plural(report.files, 'file')}`);
  printRows(terminal, report);
}
