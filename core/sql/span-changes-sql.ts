import { column, type SpanAggregate, type SpanLayout } from './span-plan.ts';
import { partialType } from './span-rows-sql.ts';
import { joinSql, listSql, numbersSql, rawSql, type Sql, sql, wholeSql } from './sql.ts';

/**
 * `hg_changes`: what changes for an entity at a tick. A tile adds its partials where its span begins and takes them
 * back where it ends, so each row is read once however long its window is. Columns, per aggregate: `hg_s` change of the
 * sum, `hg_c` of the count; for `last` the newcomer's value `hg_v`, order `hg_o` and the tick `hg_l` at which it leaves.
 */
export function spanChangesSql(layout: SpanLayout): Sql {
  const { plan, keyColumns } = layout;
  // branch 2 s is the begin of span s, branch 2 s + 1 its end
  const branches = plan.spans.flatMap((_, s) => [2 * s, 2 * s + 1]);
  const tick = plan.spans.flatMap((_, s) => {
    const [begin, end] = [column('b', s), column('e', s)];
    // a first span that ends where it begins still says that the entity is not there any more
    const isSpan = s === 0 ? sql`${begin} <= ${end}` : sql`${begin} < ${end}`;
    return [
      sql`when ${wholeSql(2 * s)} then case when ${isSpan} then ${begin} end`,
      sql`when ${wholeSql(2 * s + 1)} then case when ${isSpan} then ${end} end`,
    ];
  });
  const changes = plan.aggregates.flatMap((aggregate, j) => changesOf(layout, aggregate, j));
  const tiles = sql`
    select * from (
      select ${keyColumns},
        case "hg_i" ${joinSql(tick, ' ')} end as "hg_tick",
        ${listSql([
          sql`case "hg_i" when 0 then "hg_n" when 1 then -"hg_n" else 0 end as "hg_n"`,
          ...changes.map(({ name, value }) => sql`${value} as ${name}`),
        ])}
      from "hg_tiles" cross join ${numbersSql(branches, 'b', 'hg_i')}
    ) c
    where "hg_tick" <= ${wholeSql(plan.lastTickMs)}`;
  const distinct = distinctChanges(layout, changes);
  return sql`"hg_changes" as (${distinct === null ? tiles : sql`${tiles} union all ${distinct}`})`;
}

interface Change {
  readonly name: Sql;
  readonly value: Sql;
  readonly type: Sql;
  readonly aggregate: number;
}

function changesOf(layout: SpanLayout, aggregate: SpanAggregate, j: number): readonly Change[] {
  const i = layout.inputOf[j]!;
  const input = layout.inputs[i]!;
  const [begin, end] = [wholeSql(2 * aggregate.span), wholeSql(2 * aggregate.span + 1)];
  const change = (to: string, from: string, value: Sql): Change => ({
    name: column(to, j),
    value,
    type: partialType(from, input),
    aggregate: j,
  });
  const added = (to: string, from: string): Change =>
    change(to, from, sql`case "hg_i" when ${begin} then ${column(from, i)} when ${end} then -${column(from, i)} end`);
  switch (aggregation(aggregate)) {
    case 'added':
      return [added('s', 's'), added('c', 't')];
    case 'counted':
      return [added('c', 'c')];
    case 'newest': {
      const comes = sql`"hg_i" = ${begin} and ${column('o', i)} is not null`;
      return [
        change('v', 'v', sql`case when ${comes} then ${column('v', i)} end`),
        change('o', 'o', sql`case when ${comes} then ${column('o', i)} end`),
        change('l', 'o', sql`case when ${comes} then ${column('e', aggregate.span)} end`),
      ];
    }
    case 'distinct':
      return [change('c', 'c', sql`cast(null as bigint)`)];
    case 'extreme':
      return [];
  }
}

/** How an aggregate is kept up to date from tick to tick. */
export function aggregation(aggregate: SpanAggregate): 'added' | 'counted' | 'newest' | 'distinct' | 'extreme' {
  switch (aggregate.aggregation) {
    case 'sum':
    case 'mean':
      return 'added';
    case 'count':
      return 'counted';
    case 'last':
      return 'newest';
    case 'count_distinct':
      return 'distinct';
    case 'min':
    case 'max':
      return 'extreme';
  }
}

/** A distinct value counts from where the union of the spans of its rows begins to where it ends. */
function distinctChanges({ plan, inputs, inputOf, keyColumns }: SpanLayout, changes: readonly Change[]): Sql | null {
  const wanted = plan.aggregates.flatMap((aggregate, j) => (aggregation(aggregate) === 'distinct' ? [j] : []));
  if (wanted.length === 0) return null;
  const spanOf = (j: number) => plan.aggregates[j]!.span;
  // -0 and 0 are one number, and two texts
  const numberOrText = (i: number) => (inputs[i]!.type === 'float64' ? sql`${column('x', i)} + 0E0` : column('x', i));
  const pick = (of: (j: number) => Sql) => {
    const cases = wanted.map((j) => sql`when ${wholeSql(j)} then ${of(j)}`);
    return sql`case "hg_i" ${joinSql(cases, ' ')} end`;
  };
  const members = sql`
    select ${keyColumns}, "hg_i",
      ${pick((j) => sql`cast(${numberOrText(inputOf[j]!)} as varchar)`)} as "hg_x",
      ${pick((j) => column('b', spanOf(j)))} as "hg_b",
      ${pick((j) => column('e', spanOf(j)))} as "hg_e"
    from "hg_rows" cross join ${numbersSql(wanted, 'b', 'hg_i')}`;
  const ofValue = sql`partition by ${keyColumns}, "hg_i", "hg_x" order by "hg_b", "hg_e"`;
  const unions = sql`
    select ${keyColumns}, "hg_i", "hg_b",
      max("hg_e") over (${ofValue} rows between unbounded preceding and 1 preceding) as "hg_before",
      max("hg_e") over (${ofValue} rows between unbounded preceding and current row) as "hg_end",
      lead("hg_b") over (${ofValue}) as "hg_next"
    from (${members}) m
    where "hg_x" is not null and "hg_b" < "hg_e"`;
  const columns = changes.map(({ name, type, aggregate }) =>
    wanted.includes(aggregate)
      ? sql`case "hg_i" when ${wholeSql(aggregate)} then "hg_sign" end as ${name}`
      : sql`cast(null as ${type}) as ${name}`,
  );
  const tick = rawSql('case "hg_sign" when 1 then "hg_b" else "hg_end" end');
  return sql`
    select ${keyColumns}, ${tick} as "hg_tick", ${listSql([sql`0 as "hg_n"`, ...columns])}
    from (${unions}) u cross join ${numbersSql([1, -1], 't', 'hg_sign')}
    where ${tick} <= ${wholeSql(plan.lastTickMs)}
      and (("hg_sign" = 1 and ("hg_before" is null or "hg_b" > "hg_before"))
        or ("hg_sign" = -1 and ("hg_next" is null or "hg_next" > "hg_end")))`;
}
