import type { TableIngestionPlan, TableIngestionTask } from '../../../contracts/table-ingestion-flow.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { byName, type Definitions } from '../../../core/definitions/definitions.ts';
import { mustBeAllowed } from '../../../core/ingestion/warehouse-table.ts';
import { sourceTable } from '../../../core/offline/table-layout.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import { warehouseRowsSql } from '../../../core/sql/warehouse-rows-sql.ts';

export interface PlanTableIngestionDeps extends QueryPlace {
  readonly definitions: Definitions;
  /** Tables that may be ingested from, each as `database.table`. */
  readonly ingestTables: readonly string[];
}

/**
 * The query that brings rows of a table to where uploaded files land. The same execution asking again plans the same.
 *
 * @throws TableNotAllowedError when the environment does not list the table
 */
export function planTableIngestion(deps: PlanTableIngestionDeps, task: TableIngestionTask): TableIngestionPlan {
  mustBeAllowed(task.table, deps.ingestTables);
  const source = byName('source', deps.definitions.sources, task.source);
  const { table: from, since, history, executionName } = task;
  const ingestionId = digestOf({ source: source.name, table: from, since, executionName }).slice(0, 32);
  const prefix = `landing/${ingestionId}/`;
  const rows = warehouseRowsSql(source, from, since === null ? null : Date.parse(since));
  const query = unloadQuery(deps, rows, prefix, `the rows of ${from}`);
  return { ingestionId, source: source.name, from, history, table: sourceTable(source.name), prefix, query };
}
