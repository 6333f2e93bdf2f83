import { column, type SpanLayout, type SpanPlan } from './span-plan.ts';
import { joinSql, listSql, numbersSql, rawSql, type Sql, sql, wholeSql } from './sql.ts';

/**
 * Least and greatest values cannot be taken back when a row leaves, so spans are cut into blocks of 1, 2, 4, 8 …
 * ticks, at most two of each length; a tick then looks up the one block of each length that holds it. The cost grows
 * with rows × log(ticks in a window), not with rows × ticks.
 *
 * `hg_extrema`: `hg_m` of each such aggregate at the ticks of `hg_states`.
 */
export function spanExtremaSql(layout: SpanLayout): readonly Sql[] {
  const { plan } = layout;
  const wanted = plan.aggregates.flatMap(({ aggregation }, j) =>
    aggregation === 'min' || aggregation === 'max' ? [j] : [],
  );
  return wanted.length === 0 ? [] : [blocksSql(layout, wanted), lookupSql(layout, wanted)];
}

/** `hg_blocks`: the extremes of the tiles that cover a whole block, by the block's length and start. */
function blocksSql({ plan, inputOf, keyColumns }: SpanLayout, wanted: readonly number[]): Sql {
  const spans = [...new Set(wanted.map((j) => plan.aggregates[j]!.span))];
  const first = wholeSql(plan.firstTickMs);
  const beyond = wholeSql(plan.lastTickMs + plan.stepMs);
  const ofSpan = (value: (s: number) => Sql) => {
    const cases = spans.map((s) => sql`when ${wholeSql(s)} then ${value(s)} - ${first}`);
    return sql`case "hg_i" ${joinSql(cases, ' ')} end`;
  };
  const tiles = sql`
    select t.*, "hg_i", "hg_len",
      ${ofSpan((s) => column('b', s))} as "hg_from",
      ${ofSpan((s) => sql`least(${column('e', s)}, ${beyond})`)} as "hg_to"
    from "hg_tiles" t
    cross join ${numbersSql(spans, 's', 'hg_i')}
    cross join ${numbersSql(blockLengths(plan), 'l', 'hg_len')}`;
  // the whole blocks of this length inside the span, of which the next length takes all but an odd one at each end
  const whole = sql`
    select u.*,
      "hg_from" + ("hg_len" - "hg_from" % "hg_len") % "hg_len" as "hg_left",
      "hg_to" - "hg_to" % "hg_len" as "hg_right"
    from (${tiles}) u`;
  const block = rawSql('case "hg_side" when 0 then "hg_left" else "hg_right" - "hg_len" end');
  const values = wanted.map((j) => {
    const { aggregation, span } = plan.aggregates[j]!;
    const value = sql`case "hg_i" when ${wholeSql(span)} then ${column(aggregation, inputOf[j]!)} end`;
    return sql`${rawSql(aggregation)}(${value}) as ${column('m', j)}`;
  });
  return sql`"hg_blocks" as (
    select ${keyColumns}, "hg_len", ${block} as "hg_at", ${listSql(values)}
    from (${whole}) w cross join ${numbersSql([0, 1], 'd', 'hg_side')}
    where "hg_left" < "hg_right"
      and (case "hg_side" when 0 then "hg_left" else "hg_right" end) % (2 * "hg_len") <> 0
    group by ${keyColumns}, "hg_len", ${block}
  )`;
}

function lookupSql({ plan }: SpanLayout, wanted: readonly number[]): Sql {
  const first = wholeSql(plan.firstTickMs);
  const values = wanted.map(
    (j) => sql`${rawSql(plan.aggregates[j]!.aggregation)}(${column('m', j)}) as ${column('m', j)}`,
  );
  const keys = listSql(plan.keys.map((_, i) => sql`p.${column('k', i)}`));
  const onKeys = plan.keys.map((_, i) => sql`b.${column('k', i)} = p.${column('k', i)}`);
  const points = sql`
    select s.*, "hg_len" from "hg_states" s cross join ${numbersSql(blockLengths(plan), 'l', 'hg_len')}`;
  return sql`"hg_extrema" as (
    select ${keys}, p."hg_tick", ${listSql(values)}
    from (${points}) p
    join "hg_blocks" b on ${joinSql(onKeys, ' and ')} and b."hg_len" = p."hg_len"
      and b."hg_at" = (p."hg_tick" - ${first}) - (p."hg_tick" - ${first}) % p."hg_len"
    group by ${keys}, p."hg_tick"
  )`;
}

/** 1, 2, 4 … ticks, up to the longest span that lies in the range. */
function blockLengths(plan: SpanPlan): readonly number[] {
  const rangeTicks = (plan.lastTickMs - plan.firstTickMs) / plan.stepMs + 1;
  const ticks = Math.min(rangeTicks, Math.ceil(plan.longestMs / plan.stepMs) + 1);
  const lengths = [plan.stepMs];
  for (let length = 2; length <= ticks; length *= 2) lengths.push(length * plan.stepMs);
  return lengths;
}
