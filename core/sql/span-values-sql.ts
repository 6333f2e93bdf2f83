import { InvalidInputError } from '../errors.ts';
import { MAX_TICKS_IN_SPAN } from '../offline/ticks.ts';
import { aggregation, spanChangesSql } from './span-changes-sql.ts';
import { spanExtremaSql } from './span-extrema-sql.ts';
import { column, layOut, type SpanLayout, type SpanPlan } from './span-plan.ts';
import { spanRowsSql, spanTilesSql } from './span-rows-sql.ts';
import { joinSql, listSql, type Sql, sql, wholeSql } from './sql.ts';

/**
 * Common table expressions that end in `hg_values`: one row per entity and tick that is wanted, with the key `hg_k`,
 * the tick `hg_at` and the value of each aggregate `hg_f`, numbered from 0.
 *
 * Cost: rows × (spans + log of the ticks in the longest, for least and greatest) and, at the end, one row per entity
 * and tick. Values are computed only where something changes and carried to the ticks between.
 *
 * @throws InvalidInputError when a span has more than 10,000 ticks
 */
export function spanValuesSql(plan: SpanPlan): readonly Sql[] {
  if (plan.longestMs / plan.stepMs > MAX_TICKS_IN_SPAN) {
    throw new InvalidInputError(
      `a window of ${plan.longestMs} ms has more than ${MAX_TICKS_IN_SPAN} ticks of ${plan.stepMs} ms; use a shorter window or a longer schedule`,
      { windowMs: plan.longestMs, stepMs: plan.stepMs },
    );
  }
  const layout = layOut(plan);
  return [...partsSql(layout), valuesSql(layout)];
}

/**
 * As `spanValuesSql`, but `hg_values` has a row at each tick at which something changes, and none between. Ticks may be
 * as short as milliseconds.
 */
export function spanChangeValuesSql(plan: SpanPlan): readonly Sql[] {
  const layout = layOut(plan);
  const columns = [layout.keyColumns, sql`"hg_tick" as "hg_at"`, ...plan.aggregates.map((_, j) => column('f', j))];
  return [...partsSql(layout), sql`"hg_values" as (select ${listSql(columns)} from (${stateValuesSql(layout)}) v)`];
}

function partsSql(layout: SpanLayout): readonly Sql[] {
  return [
    spanRowsSql(layout),
    spanTilesSql(layout),
    spanChangesSql(layout),
    statesSql(layout),
    ...spanExtremaSql(layout),
  ];
}

/** `hg_states`: the running totals of an entity from each tick at which something changed to the next (`hg_until`). */
function statesSql({ plan, keyColumns }: SpanLayout): Sql {
  const upToNow = sql`over (
    partition by ${keyColumns} order by "hg_tick" rows between unbounded preceding and current row
  )`;
  const points: Sql[] = [];
  const states: Sql[] = [];
  const keep = (name: Sql, total: Sql) => {
    points.push(sql`${total} as ${name}`);
    states.push(sql`${total} ${upToNow} as ${name}`);
  };
  plan.aggregates.forEach((aggregate, j) => {
    const how = aggregation(aggregate);
    if (how === 'added') keep(column('s', j), sql`sum(${column('s', j)})`);
    if (how === 'added' || how === 'counted' || how === 'distinct') keep(column('c', j), sql`sum(${column('c', j)})`);
    if (how === 'newest') {
      keep(column('v', j), sql`max_by(${column('v', j)}, ${column('o', j)})`);
      keep(column('l', j), sql`max(${column('l', j)})`);
      points.push(sql`max(${column('o', j)}) as ${column('o', j)}`);
    }
  });
  const next = sql`lead("hg_tick") over (partition by ${keyColumns} order by "hg_tick")`;
  const beyond = wholeSql(plan.lastTickMs + plan.stepMs);
  return sql`"hg_states" as (
    select ${keyColumns}, "hg_tick", coalesce(${next}, ${beyond}) as "hg_until",
      ${listSql([sql`sum("hg_n") ${upToNow} as "hg_n"`, ...states])}
    from (
      select ${keyColumns}, "hg_tick", ${listSql([sql`sum("hg_n") as "hg_n"`, ...points])}
      from "hg_changes" group by ${keyColumns}, "hg_tick"
    ) p
  )`;
}

function valuesSql(layout: SpanLayout): Sql {
  const { plan } = layout;
  const step = wholeSql(plan.stepMs);
  const last = plan.keepsFirstEmpty
    ? sql`case when "hg_n" > 0 then "hg_until" - ${step} else "hg_tick" end`
    : sql`"hg_until" - ${step}`;
  const isKept = plan.keepsFirstEmpty ? sql`` : sql` where "hg_n" > 0`;
  return sql`"hg_values" as (
    select ${listSql([layout.keyColumns, sql`"hg_at"`, ...plan.aggregates.map((_, j) => column('f', j))])}
    from (${stateValuesSql(layout)}) v
    cross join unnest(sequence(v."hg_tick", ${last}, ${step})) as t ("hg_at")${isKept}
  )`;
}

/** The states with the value of each aggregate. */
function stateValuesSql(layout: SpanLayout): Sql {
  const { plan } = layout;
  const hasExtrema = plan.aggregates.some((aggregate) => aggregation(aggregate) === 'extreme');
  const keys = plan.keys.map((_, i) => sql`s.${column('k', i)}`);
  const values = plan.aggregates.map((_, j) => sql`${valueSql(layout, j)} as ${column('f', j)}`);
  const onKeys = plan.keys.map((_, i) => sql`m.${column('k', i)} = s.${column('k', i)}`);
  const extrema = sql`left join "hg_extrema" m on ${joinSql(onKeys, ' and ')} and m."hg_tick" = s."hg_tick"`;
  return sql`
    select ${listSql([...keys, sql`s."hg_tick", s."hg_n", s."hg_until"`, ...values])}
    from "hg_states" s ${hasExtrema ? extrema : sql``}`;
}

function valueSql({ plan, inputs, inputOf }: SpanLayout, j: number): Sql {
  const { aggregation: asked } = plan.aggregates[j]!;
  const isWhole = inputs[inputOf[j]!]!.type === 'int64';
  const [sum, count] = [sql`s.${column('s', j)}`, sql`s.${column('c', j)}`];
  switch (asked) {
    case 'count':
    case 'count_distinct':
      return sql`cast(coalesce(${count}, 0) as bigint)`;
    case 'sum':
      return isWhole
        ? sql`case when ${count} > 0 and abs(${sum}) <= 9007199254740991 then cast(${sum} as bigint) end`
        : sql`case when ${count} > 0 then ${doubleSql(sum)} / 1E6 end`;
    case 'mean':
      return isWhole
        ? sql`case when ${count} > 0 then ${doubleSql(sum)} / cast(${count} as double) end`
        : sql`case when ${count} > 0 then ${doubleSql(sum)} / 1E6 / cast(${count} as double) end`;
    case 'last':
      return sql`case when s."hg_tick" < s.${column('l', j)} then s.${column('v', j)} end`;
    case 'min':
    case 'max':
      return sql`m.${column('m', j)}`;
  }
}

/** The nearest double. Engines round long decimals differently in the last bit, 64-bit integers alike. */
function doubleSql(sum: Sql): Sql {
  return sql`case when abs(${sum}) <= 9223372036854775807 then cast(cast(${sum} as bigint) as double) else cast(${sum} as double) end`;
}
