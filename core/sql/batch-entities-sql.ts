import type { ResolvedView } from '../definitions/definitions.ts';
import { completeKeySql, loadedBySql, type TableSnapshot, tableSql } from './offline-table-sql.ts';
import { joinSql, listSql, nameSql, type Sql, sql } from './sql.ts';

export interface EntitiesOfView {
  readonly resolved: ResolvedView;
  readonly table: TableSnapshot;
}

/**
 * The entities that at least one of the views knows at an instant, each once, in order of their keys: those with a row
 * that was known by then and is not older than the view's TTL.
 *
 * @param keys join keys that every one of the views has
 */
export function batchEntitiesSql(views: readonly EntitiesOfView[], keys: readonly string[], asOfMs: number): Sql {
  const names = keys.map((key) => nameSql(key));
  const known = views.map(({ resolved, table }) => {
    const { ttlMs } = resolved.view;
    const conditions = [
      loadedBySql(table, 'r'),
      completeKeySql(keys.map((key) => nameSql(key, 'r'))),
      sql`r."event_time_ms" <= ${asOfMs} and r."known_at_ms" <= ${asOfMs}`,
      ...(ttlMs === null ? [] : [sql`r."event_time_ms" >= ${asOfMs - ttlMs}`]),
    ];
    const own = listSql(keys.map((key) => nameSql(key, 'r')));
    return sql`select ${own} from ${tableSql(table)} r where ${joinSql(conditions, ' and ')}`;
  });
  const all = joinSql(known, ' union ');
  return sql`select distinct ${listSql(names)} from (${all}) e order by ${listSql(names)}`;
}
