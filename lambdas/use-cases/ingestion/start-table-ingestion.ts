import type { TableIngestionRequest } from '../../../contracts/api/table-ingestions.ts';
import { type Definitions, sourceFor } from '../../../core/definitions/definitions.ts';
import { mustBeAllowed } from '../../../core/ingestion/warehouse-table.ts';
import { warehouseRowsSql } from '../../../core/sql/warehouse-rows-sql.ts';
import type { Ids } from '../../ports/clock-and-ids.ts';
import type { Workflow } from '../../ports/workflow.ts';
import { type Caller, executionName } from '../operations/execution-name.ts';

export interface StartTableIngestionDeps {
  readonly definitions: Definitions;
  /** Tables that may be ingested from, each as `database.table`. */
  readonly ingestTables: readonly string[];
  readonly workflow: Workflow;
  readonly ids: Ids;
}

/**
 * Starts loading rows of a table of the warehouse into the source of a view.
 *
 * @param view name of a feature view or of a source
 * @throws TableNotAllowedError, NotFoundError, and InvalidInputError when the source cannot be read from a table so
 */
export async function startTableIngestion(
  deps: StartTableIngestionDeps,
  view: string,
  request: TableIngestionRequest,
  caller: Caller,
): Promise<{ readonly executionId: string }> {
  const source = sourceFor(deps.definitions, view);
  const { table, since = null, history } = request;
  mustBeAllowed(table, deps.ingestTables);
  warehouseRowsSql(source, table, since === null ? null : Date.parse(since));
  const ask = { source: source.name, table, since, history };
  const name = executionName(deps.ids, 'ingest-table', ask, caller);
  return deps.workflow.start('ingest-table', name, { ...ask, cause: `asked by ${caller.actor}` });
}
