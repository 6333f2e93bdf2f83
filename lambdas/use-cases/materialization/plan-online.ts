import type { OnlinePlan } from '../../../contracts/materialization-flow.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { latestRowsSql } from '../../../core/sql/latest-rows-sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import type { TableHead } from '../../ports/table-log.ts';

/** The export that brings the online store up to the table's watermark. */
export function planOnline(place: QueryPlace, resolved: ResolvedView, head: TableHead, runId: string): OnlinePlan {
  const { view, version } = resolved;
  if (head.onlineToMs >= head.watermarkMs) {
    return { action: 'nothing', because: `every row of view ${view.name} is online` };
  }
  const table = { database: place.database, table: head.table, watermarkMs: head.watermarkMs };
  const prefix = `online-export/${runId}/`;
  return {
    action: 'export',
    view: view.name,
    version,
    table: head.table,
    loadedAtMs: head.watermarkMs,
    prefix,
    query: unloadQuery(
      place,
      latestRowsSql(resolved, table, head.onlineToMs),
      prefix,
      `the online rows of ${view.name}`,
    ),
  };
}
