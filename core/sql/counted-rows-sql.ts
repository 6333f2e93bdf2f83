import type { Source } from '../definitions/source.ts';
import { loadedBySql, type TableSnapshot, tableSql } from './offline-table-sql.ts';
import { joinSql, listSql, nameSql, type Sql, sql } from './sql.ts';

/**
 * The rows of a source that count, called `alias`: those loaded by the watermark for which every condition holds, and of
 * the rows of one event the first that was loaded. `countedRows` says what that means.
 *
 * Cost: without event ids none; with them one sort of the rows by event.
 *
 * @param conditionsOf what rows called so have to fulfil before duplicates are looked for
 */
export function countedRowsSql(
  source: Source,
  table: TableSnapshot,
  alias: string,
  conditionsOf: (alias: string) => readonly Sql[] = () => [],
): Sql {
  const conditions = (of: string) => joinSql([loadedBySql(table, of), ...conditionsOf(of)], ' and ');
  const name = nameSql(alias);
  if (source.eventIdColumn === null) {
    return sql`(select * from ${tableSql(table)} t where ${conditions('t')}) ${name}`;
  }
  const id = nameSql(source.eventIdColumn, 't');
  // rows without an id are spread over groups of their own
  const group = listSql([
    id,
    sql`case when ${id} is null then t."loaded_at_ms" end`,
    sql`case when ${id} is null then t."seq" end`,
  ]);
  const rank = sql`row_number() over (partition by ${group} order by t."loaded_at_ms", t."seq")`;
  return sql`(
    select * from (select t.*, ${rank} as "hg_first" from ${tableSql(table)} t where ${conditions('t')}) d
    where "hg_first" = 1 or ${nameSql(source.eventIdColumn, 'd')} is null
  ) ${name}`;
}
