import { aggregatesOf, rowExpressionsOf } from '../definitions/aggregates-of.ts';
import type { ResolvedView } from '../definitions/definitions.ts';
import { isAggregated } from '../definitions/feature-view.ts';
import type { MaterializationRun } from '../offline/materialization-run.ts';
import { ceilTick, floorTick } from '../offline/ticks.ts';
import { sourceExpressionType } from '../point-in-time/source-expression.ts';
import { admissionSql } from '../quality/admission.ts';
import { countedRowsSql } from './counted-rows-sql.ts';
import {
  aggregateInputSql,
  completeKeySql,
  entityKeysSql,
  loadedBySql,
  SQL_TYPES,
  sourceExpressionSql,
  type TableSnapshot,
  tableSql,
} from './offline-table-sql.ts';
import { column } from './span-plan.ts';
import { spanValuesSql } from './span-values-sql.ts';
import { bigintSql, joinSql, listSql, nameSql, rawSql, type Sql, sql, wholeSql } from './sql.ts';
import { streamedRowsSql } from './streamed-rows-sql.ts';
import { ceilTickSql } from './tick-sql.ts';

/**
 * The rows one run writes to a view's table, from the rows of its source: join keys, features, and the four columns of
 * time. `computeViewRows` says what they mean.
 */
export function viewRowsSql(resolved: ResolvedView, source: TableSnapshot, run: MaterializationRun): Sql {
  if (resolved.view.stream !== null) return streamedRowsSql(resolved, source, run);
  return isAggregated(resolved.view) ? aggregatedSql(resolved, source, run) : singleRowsSql(resolved, source, run);
}

function singleRowsSql({ view, entity, source }: ResolvedView, table: TableSnapshot, run: MaterializationRun): Sql {
  const keys = entityKeysSql(view.keyColumns, 'r');
  const expressions = rowExpressionsOf(view);
  const features = view.features.map(({ name, type }, i) => {
    const value = sourceExpressionSql(source, expressions[i]!, 'r');
    return sql`cast(${value} as ${rawSql(SQL_TYPES[type])}) as ${nameSql(name)}`;
  });
  const servable = sql`coalesce(r."served_at_ms", ${wholeSql(run.loadedAtMs)})`;
  const knownAt = run.isFirst ? sql`r."known_at_ms"` : sql`greatest(r."known_at_ms", ${servable})`;
  const columns = listSql([
    ...entity.joinKeys.map(({ name }, i) => sql`${keys[i]!} as ${nameSql(name)}`),
    ...features,
    sql`r."event_time_ms" as "event_time_ms", ${knownAt} as "known_at_ms", ${bigintSql(run.loadedAtMs)} as "loaded_at_ms"`,
    sql`row_number() over (partition by ${listSql(keys)} order by r."known_at_ms", r."loaded_at_ms", r."seq") as "seq"`,
  ]);
  const where = joinSql(
    [
      loadedBySql(table, 'r'),
      completeKeySql(keys),
      sql`r."loaded_at_ms" > ${run.loadedFromMs}`,
      sql`r."event_time_ms" > ${run.fromMs}`,
      sql`r."event_time_ms" <= ${run.toMs}`,
      ...admissionSql({ view, source }, 'r'),
    ],
    ' and ',
  );
  return sql`select ${columns} from ${tableSql(table)} r where ${where}`;
}

function aggregatedSql({ view, entity, source }: ResolvedView, table: TableSnapshot, run: MaterializationRun): Sql {
  const aggregates = aggregatesOf(view);
  const windows = [...new Set(aggregates.map((aggregate) => aggregate.windowMs))].sort((a, b) => b - a);
  const longestMs = windows[0]!;
  const keys = entityKeysSql(view.keyColumns, 'r');
  const firstTickMs = ceilTick(run.fromMs + 1, view.scheduleMs);
  const enters = ceilTickSql(sql`greatest(r."event_time_ms", r."known_at_ms")`, view.scheduleMs);
  const where = joinSql(
    [
      completeKeySql(keys),
      sql`r."event_time_ms" > ${firstTickMs - view.scheduleMs - longestMs}`,
      sql`r."event_time_ms" <= ${run.toMs}`,
      sql`r."known_at_ms" <= ${run.toMs}`,
    ],
    ' and ',
  );
  const values = spanValuesSql({
    rows: sql`${countedRowsSql(source, table, 'r', (of) => admissionSql({ view, source }, of))} where ${where}`,
    keys,
    // the first, longest window also says how long an entity is there
    spans: windows.map((windowMs) => ({
      begin: enters,
      end: ceilTickSql(sql`(r."event_time_ms" + ${wholeSql(windowMs)})`, view.scheduleMs),
    })),
    aggregates: aggregates.map((aggregate) => ({
      aggregation: aggregate.aggregation,
      input: aggregateInputSql(source, aggregate, 'r'),
      inputType: aggregate.input === null ? 'int64' : sourceExpressionType(source, aggregate.input),
      span: windows.indexOf(aggregate.windowMs),
    })),
    firstTickMs,
    lastTickMs: floorTick(run.toMs, view.scheduleMs),
    stepMs: view.scheduleMs,
    longestMs,
    keepsFirstEmpty: true,
  });
  const columns = listSql([
    ...entity.joinKeys.map(({ name }, i) => sql`${column('k', i)} as ${nameSql(name)}`),
    ...view.features.map(
      ({ name, type }, j) => sql`cast(${column('f', j)} as ${rawSql(SQL_TYPES[type])}) as ${nameSql(name)}`,
    ),
    sql`"hg_at" as "event_time_ms", ${run.isFirst ? rawSql('"hg_at"') : bigintSql(run.loadedAtMs)} as "known_at_ms"`,
    sql`${bigintSql(run.loadedAtMs)} as "loaded_at_ms", ${bigintSql(0)} as "seq"`,
  ]);
  return sql`with ${listSql(values)} select ${columns} from "hg_values"`;
}
