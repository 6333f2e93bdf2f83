import { aggregatesOf } from '../definitions/aggregates-of.ts';
import type { ResolvedView } from '../definitions/definitions.ts';
import { BugError } from '../errors.ts';
import { EARLIEST_MS, LATEST_MS, type MaterializationRun } from '../offline/materialization-run.ts';
import { sourceExpressionType } from '../point-in-time/source-expression.ts';
import { admissionSql } from '../quality/admission.ts';
import { countedRowsSql } from './counted-rows-sql.ts';
import {
  aggregateInputSql,
  completeKeySql,
  entityKeysSql,
  SQL_TYPES,
  type TableSnapshot,
} from './offline-table-sql.ts';
import { column } from './span-plan.ts';
import { spanChangeValuesSql } from './span-values-sql.ts';
import { bigintSql, joinSql, listSql, nameSql, rawSql, type Sql, sql, wholeSql } from './sql.ts';
import { ceilTickSql } from './tick-sql.ts';

/**
 * The rows of a streamed view that one run writes: one for each entity and instant at which a row begins to count or
 * leaves a window, so that a point-in-time join finds the values of any instant. `streamedRows` says what they mean.
 *
 * Entities go on where the run before ended. Those of rows that it did not see although they counted by then are computed
 * from the first of them on, as later rows that replace the earlier ones.
 */
export function streamedRowsSql(resolved: ResolvedView, table: TableSnapshot, run: MaterializationRun): Sql {
  const { view, entity, source } = resolved;
  if (view.stream === null) throw new BugError(`view ${view.name} is not streamed`);
  const { tileMs } = view.stream;
  const aggregates = aggregatesOf(view);
  const windows = [...new Set(aggregates.map((aggregate) => aggregate.windowMs))];
  const reachMs = Math.max(...windows) + tileMs;
  const keys = entityKeysSql(view.keyColumns, 'r');
  const begin = beginSql(run);
  const fromMs = Math.min(run.fromMs, run.loadedFromMs);
  const isNeeded = sql`(r."event_time_ms" > ${fromMs - reachMs} or ${begin} > ${fromMs})`;
  const conditions = [completeKeySql(keys), ...(fromMs > EARLIEST_MS ? [isNeeded] : [])];
  const counted = countedRowsSql(source, table, 'r', (of) => admissionSql({ view, source }, of));
  const values = spanChangeValuesSql({
    rows: sql`${counted} where ${joinSql(conditions, ' and ')}`,
    keys,
    spans: [
      // every row is a change when it comes, even one that has left all windows by then
      { begin, end: bigintSql(LATEST_MS) },
      ...windows.map((windowMs) => ({
        begin,
        end: ceilTickSql(sql`(r."event_time_ms" + ${wholeSql(windowMs)})`, tileMs),
      })),
    ],
    aggregates: aggregates.map((aggregate) => ({
      aggregation: aggregate.aggregation,
      input: aggregateInputSql(source, aggregate, 'r'),
      inputType: aggregate.input === null ? 'int64' : sourceExpressionType(source, aggregate.input),
      span: 1 + windows.indexOf(aggregate.windowMs),
    })),
    firstTickMs: EARLIEST_MS,
    lastTickMs: run.toMs,
    stepMs: 1,
    longestMs: reachMs,
    keepsFirstEmpty: false,
  });
  const columns = listSql([
    ...entity.joinKeys.map(({ name }, i) => sql`v.${column('k', i)} as ${nameSql(name)}`),
    ...view.features.map(
      ({ name, type }, j) => sql`cast(v.${column('f', j)} as ${rawSql(SQL_TYPES[type])}) as ${nameSql(name)}`,
    ),
    sql`v."hg_at" as "event_time_ms", v."hg_at" as "known_at_ms"`,
    sql`${bigintSql(run.loadedAtMs)} as "loaded_at_ms", ${bigintSql(0)} as "seq"`,
  ]);
  if (fromMs <= EARLIEST_MS) return sql`with ${listSql(values)} select ${columns} from "hg_values" v`;
  const fresh = sql`"hg_fresh" as (
    select ${listSql(keys.map((key, i) => sql`${key} as ${column('k', i)}`))}, min(${begin}) - 1 as "hg_before"
    from ${counted} where ${completeKeySql(keys)} and r."loaded_at_ms" > ${run.loadedFromMs}
    group by ${listSql(keys)}
  )`;
  const onKeys = keys.map((_, i) => sql`n.${column('k', i)} = v.${column('k', i)}`);
  return sql`with ${listSql([fresh, ...values])}
    select ${columns} from "hg_values" v left join "hg_fresh" n on ${joinSql(onKeys, ' and ')}
    where v."hg_at" > least(${wholeSql(run.fromMs)}, coalesce(n."hg_before", ${wholeSql(run.fromMs)}))`;
}

/** When a row `r` begins to count; see `countsFromMs` in core/point-in-time/streamed-values.ts. */
function beginSql(run: MaterializationRun): Sql {
  const known = sql`greatest(r."event_time_ms", r."known_at_ms")`;
  if (run.isFirst) return known;
  const loaded = rawSql('r."loaded_at_ms"');
  const brought = joinSql(
    [
      sql`when ${loaded} > ${wholeSql(run.loadedFromMs)} then ${wholeSql(run.loadedAtMs)}`,
      ...(run.seenBefore ?? []).map(
        ({ fromMs, toMs, loadedAtMs }) =>
          sql`when ${loaded} > ${wholeSql(fromMs)} and ${loaded} <= ${wholeSql(toMs)} then ${wholeSql(loadedAtMs)}`,
      ),
    ],
    ' ',
  );
  const served = sql`coalesce(r."served_at_ms", case ${brought} end, r."known_at_ms")`;
  return sql`greatest(${known}, ${served})`;
}
