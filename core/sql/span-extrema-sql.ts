import { column, type SpanLayout } from './span-plan.ts';
import { joinSql, listSql, rawSql, type Sql, sql, wholeSql } from './sql.ts';

/**
 * Least and greatest values cannot be taken back when a row leaves, so spans are cut into blocks of 1, 2, 4, 8 …
 * ticks, at most two of each length; a tick then looks up the one block of each length that holds it. The cost grows
 * with rows × log(ticks in a window), not with rows × ticks.
 *
 * `hg_extrema`: `hg_m` of each such aggregate at the ticks of `hg_states`.
 */
export function spanExtremaSql(layout: SpanLayout): readonly Sql[] {
  const { plan, inputOf, keyColumns } = layout;
  const wanted = plan.aggregates.flatMap(({ aggregation }, j) =>
    aggregation === 'min' || aggregation === 'max' ? [j] : [],
  );
  if (wanted.length === 0) return [];

  const lengths = listSql(blockLengths(plan).map((length) => sql`(${wholeSql(length)})`));
  const spans = [...new Set(wanted.map((j) => plan.aggregates[j]!.span))];
  const first = wholeSql(plan.firstTickMs);
  const beyond = wholeSql(plan.lastTickMs + plan.stepMs);
  const position = (kind: string) =>
    joinSql(
      spans.map(
        (s) =>
          sql`when ${wholeSql(s)} then ${kind === 'b' ? column('b', s) : sql`least(${column('e', s)}, ${beyond})`} - ${first}`,
      ),
      ' ',
    );
  const tiles = sql`select t.*, "hg_i", "hg_len", case "hg_i" ${position('b')} end as "hg_from", case "hg_i" ${position('e')} end as "hg_to" from "hg_tiles" t cross join (values ${listSql(spans.map((s) => sql`(${wholeSql(s)})`))}) s ("hg_i") cross join (values ${lengths}) l ("hg_len")`;
  // the whole blocks of this length inside the span, of which the parent length takes all but an odd one at each end
  const whole = sql`select u.*, "hg_from" + ("hg_len" - "hg_from" % "hg_len") % "hg_len" as "hg_left", "hg_to" - "hg_to" % "hg_len" as "hg_right" from (${tiles}) u`;
  const block = rawSql('case "hg_side" when 0 then "hg_left" else "hg_right" - "hg_len" end');
  const values = wanted.map((j) => {
    const { aggregation, span } = plan.aggregates[j]!;
    return sql`${rawSql(aggregation)}(case "hg_i" when ${wholeSql(span)} then ${column(aggregation, inputOf[j]!)} end) as ${column('m', j)}`;
  });
  const looked = wanted.map(
    (j) => sql`${rawSql(plan.aggregates[j]!.aggregation)}(${column('m', j)}) as ${column('m', j)}`,
  );
  const onKeys = joinSql(
    plan.keys.map((_, i) => sql`b.${column('k', i)} = p.${column('k', i)}`),
    ' and ',
  );
  const keysOf = (alias: string) => listSql(plan.keys.map((_, i) => sql`${rawSql(alias)}.${column('k', i)}`));
  return [
    sql`"hg_blocks" as (select ${keyColumns}, "hg_len", ${block} as "hg_at", ${listSql(values)} from (${whole}) w cross join (values (0), (1)) d ("hg_side") where "hg_left" < "hg_right" and (case "hg_side" when 0 then "hg_left" else "hg_right" end) % (2 * "hg_len") <> 0 group by ${keyColumns}, "hg_len", ${block})`,
    sql`"hg_extrema" as (select ${keysOf('p')}, p."hg_tick", ${listSql(looked)} from (select s.*, "hg_len" from "hg_states" s cross join (values ${lengths}) l ("hg_len")) p join "hg_blocks" b on ${onKeys} and b."hg_len" = p."hg_len" and b."hg_at" = (p."hg_tick" - ${first}) - (p."hg_tick" - ${first}) % p."hg_len" group by ${keysOf('p')}, p."hg_tick")`,
  ];
}

/** 1, 2, 4 … ticks, up to the longest span that lies in the range. */
function blockLengths(plan: { longestMs: number; firstTickMs: number; lastTickMs: number; stepMs: number }): number[] {
  const rangeTicks = (plan.lastTickMs - plan.firstTickMs) / plan.stepMs + 1;
  const ticks = Math.min(rangeTicks, Math.ceil(plan.longestMs / plan.stepMs) + 1);
  const lengths = [plan.stepMs];
  for (let length = 2; length <= ticks; length *= 2) lengths.push(length * plan.stepMs);
  return lengths;
}
