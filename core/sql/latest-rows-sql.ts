import type { ResolvedView } from '../definitions/definitions.ts';
import { dayOf } from '../offline/table-layout.ts';
import { type TableSnapshot, tableSql } from './offline-table-sql.ts';
import { listSql, nameSql, rawSql, type Sql, sql } from './sql.ts';

/**
 * Of the rows of a view's table that were loaded after `loadedFromMs` and up to the watermark, the latest of each
 * entity by event time, knowledge time, load time and position: join keys, features in order, `event_time_ms` and
 * `known_at_ms`. What was loaded before is online already, and the online store keeps the newer of two.
 */
export function latestRowsSql({ view, entity }: ResolvedView, table: TableSnapshot, loadedFromMs: number): Sql {
  const keys = entity.joinKeys.map(({ name }) => nameSql(name));
  const columns = listSql([
    ...keys,
    ...view.features.map(({ name }) => nameSql(name)),
    nameSql('event_time_ms'),
    nameSql('known_at_ms'),
  ]);
  const order = sql`row_number() over (
    ${keys.length === 0 ? rawSql('') : sql`partition by ${listSql(keys)}`} order by "event_time_ms" desc, "known_at_ms" desc, "loaded_at_ms" desc, "seq" desc
  ) as "hg_rank"`;
  return sql`
    select ${columns}
    from (
      select ${columns}, ${order} from ${tableSql(table)}
      where "loaded_at_ms" > ${loadedFromMs} and "loaded_at_ms" <= ${table.watermarkMs}
        and "loaded_day" >= ${dayOf(loadedFromMs)} and "loaded_day" <= ${dayOf(table.watermarkMs)}
    ) r
    where "hg_rank" = 1`;
}
