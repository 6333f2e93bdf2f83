import type { OnlinePlan } from '../../../contracts/materialization-flow.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { sourceTable } from '../../../core/offline/table-layout.ts';
import { floorTick } from '../../../core/offline/ticks.ts';
import { latestRowsSql } from '../../../core/sql/latest-rows-sql.ts';
import { streamBaseSql } from '../../../core/sql/stream-base-sql.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import { type StreamLayout, streamLayout } from '../../../core/streaming/stream-layout.ts';
import { SPAN_MS } from '../../../core/streaming/stream-state.ts';
import type { TableHead } from '../../ports/table-log.ts';

/** The export that brings the online store up to the view's last run. */
export function planOnline(place: QueryPlace, resolved: ResolvedView, head: TableHead, runId: string): OnlinePlan {
  const { view, version } = resolved;
  const layout = streamLayout(resolved);
  if (layout !== null) return planBase(place, resolved, layout, head, runId);
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

/**
 * The tiles of the rows that the last run has seen, for entities whose base is older. Bases end with a span, so rows of
 * the last one come by run.
 */
function planBase(
  place: QueryPlace,
  resolved: ResolvedView,
  layout: StreamLayout,
  head: TableHead,
  runId: string,
): OnlinePlan {
  const { view, version, source } = resolved;
  const baseToMs = floorTick(head.judgedToMs, SPAN_MS);
  if (head.judgedToMs <= head.onlineToMs) {
    return {
      action: 'nothing',
      because: `every row of source ${source.name} that view ${view.name} has seen is online`,
    };
  }
  const table = { database: place.database, table: sourceTable(source.name), watermarkMs: head.judgedToMs };
  const statement = streamBaseSql(resolved, layout, table, { onlineToMs: head.onlineToMs, baseToMs });
  const prefix = `online-export/${runId}/`;
  return {
    action: 'export',
    view: view.name,
    version,
    table: head.table,
    loadedAtMs: baseToMs,
    prefix,
    query: unloadQuery(place, statement, prefix, `the tiles of ${view.name}`),
  };
}
