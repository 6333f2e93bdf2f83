import { DAY_MS } from '../clock.ts';
import { ADJACENT, DAYS, MAX_AGE, MAX_DELAY } from '../health/source-buckets.ts';
import { dayOf } from '../offline/table-layout.ts';
import { loadedBySql, type TableSnapshot, tableSql } from './offline-table-sql.ts';
import { bigintSql, joinSql, listSql, nameSql, rawSql, type Sql, sql, wholeSql } from './sql.ts';

export interface HealthCountSpec {
  readonly table: TableSnapshot;
  readonly atMs: number;
  /** See `bucketWidthsMs`. */
  readonly widthsMs: readonly number[];
  /** Event time of the newest row at or before `atMs`, from where it is looked back; null when that is not known. */
  readonly newestEventTimeMs: number | null;
  /** Whose missing values are counted. */
  readonly columns: readonly string[];
}

/**
 * Rows of a source by bucket of event time and by how long after its end they came (`SourceBuckets`), a few thousand rows
 * however long the source: `width_ms`, `bucket`, `delay`, `rows`, `oldest_load_ms`, `newest_event_ms`, and `nulls_<i>` by the
 * place of a column. Repetitions of an event count: they came.
 *
 * Cost: one pass over the columns, in the days of loading since the oldest bucket.
 * Checked by: test/property/sql/health.test.ts.
 */
export function healthCountsSql({ table, atMs, widthsMs, newestEventTimeMs, columns }: HealthCountSpec): Sql {
  const newestMs = Math.min(atMs, newestEventTimeMs ?? atMs);
  const fromMs = newestMs - Math.max(...widthsMs.map((widthMs) => reachMs(widthMs)));
  const nulls = columns.map((column, i) => sql`count(*) - count(${nameSql(column, 's')}) as ${nameSql(`nulls_${i}`)}`);
  const counted = [
    rawSql('g."width_ms" as "width_ms"'),
    sql`${BUCKET(atMs)} as "bucket"`,
    sql`${delaySql(atMs)} as "delay"`,
    rawSql('count(*) as "rows"'),
    rawSql('min(s."loaded_at_ms") as "oldest_load_ms"'),
    rawSql('max(s."event_time_ms") as "newest_event_ms"'),
    ...nulls,
  ];
  const conditions = [
    loadedBySql(table, 's'),
    // a row is loaded after its event
    sql`s."loaded_day" >= ${dayOf(Math.max(0, fromMs - DAY_MS))}`,
    sql`s."event_time_ms" > ${fromMs}`,
    sql`s."event_time_ms" <= ${atMs}`,
    keptSql(widthsMs, atMs, newestMs),
  ];
  const widths = listSql(widthsMs.map((widthMs) => sql`(${bigintSql(widthMs)})`));
  return sql`select ${listSql(counted)} from ${tableSql(table)} s cross join (values ${widths}) g ("width_ms")
    where ${joinSql(conditions, ' and ')} group by 1, 2, 3`;
}

/** How far back from the newest row buckets of a width are counted. */
function reachMs(widthMs: number): number {
  return DAYS * DAY_MS + (MAX_AGE + 1) * widthMs;
}

/** Buckets in a row, and those of the same time of day as the newest ones. */
function keptSql(widthsMs: readonly number[], atMs: number, newestMs: number): Sql {
  const kept = widthsMs.map((widthMs) => {
    const first = Math.floor((atMs - newestMs) / widthMs);
    const isOf = sql`g."width_ms" = ${wholeSql(widthMs)}`;
    if (widthMs === DAY_MS) return isOf;
    const ofDay = sql`mod(${BUCKET(atMs)}, ${wholeSql(DAY_MS / widthMs)}) <= ${wholeSql(MAX_AGE)}`;
    return sql`(${isOf} and (${BUCKET(atMs)} < ${wholeSql(first + ADJACENT)} or ${ofDay}))`;
  });
  return sql`(${joinSql(kept, ' or ')})`;
}

const BUCKET = (atMs: number): Sql => sql`(${bigintSql(atMs)} - s."event_time_ms") / g."width_ms"`;

/** Both sides are whole and at or above 0, so that their quotient is rounded down; the ceiling is that of one less, and one more. */
function delaySql(atMs: number): Sql {
  const lateMs = sql`(s."loaded_at_ms" - ${bigintSql(atMs)} + ${BUCKET(atMs)} * g."width_ms")`;
  return sql`case when ${lateMs} <= 0 then ${bigintSql(0)}
    else least((${lateMs} - 1) / g."width_ms" + 1, ${bigintSql(MAX_DELAY)}) end`;
}
