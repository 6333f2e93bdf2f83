import { type CountedSegment, type CountPlan, sliceOfCuts } from '../drift/count-plan.ts';
import { logDaysSql } from './log-days-sql.ts';
import { bigintSql, joinSql, listSql, nameSql, rawSql, type Sql, sql, wholeSql } from './sql.ts';

/** Whose predictions are counted, and when they were asked for. */
export interface CountedRows {
  readonly database: string;
  readonly model: string;
  /** The live window first, whose number is 0; then those that it is compared with, if any. None overlaps another. */
  readonly windows: readonly CountedWindow[];
}

export interface CountedWindow {
  /** At or after, and before. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Releases whose answers count; all of them have the same inputs in the same order. */
  readonly releaseIds: readonly string[];
}

/**
 * Values per bin, missing ones apart: a row for each window, and for each slice of each segment. `window`; `segment`
 * and `slice`, places in the plan, -1 for all rows; `rows`; for column i of the plan's numbers `c<i>`, the counts
 * of its bins with commas between them; `decided` and `undecided`. A slice that the plan does not list has the place null and is not looked at.
 *
 * Values are finite: the log is written as JSON, which has no others, so that what is not finite is missing. Rows of
 * platforms that did not log values by place count for nothing; a line that is in the log twice counts twice.
 *
 * Cost: one pass over the values; memory does not grow with rows.
 * Checked by: test/property/sql/column-counts.test.ts.
 */
export function numberCountsSql(rows: CountedRows, plan: CountPlan): Sql {
  const { numbers, segments } = plan;
  const value = ({ place }: CountPlan['numbers'][number], i: number) =>
    place === null ? sql`"score" as ${nameOf('x', i)}` : sql`${inputSql('input_numbers', place)} as ${nameOf('x', i)}`;
  const histogram = ({ edges }: CountPlan['numbers'][number], i: number) =>
    sql`histogram(width_bucket(${nameOf('x', i)}, array[${listSql(edgesOf(edges).map(doubleSql))}])) as ${nameOf('h', i)}`;
  const counts = ({ edges }: CountPlan['numbers'][number], i: number) =>
    sql`array_join(transform(sequence(0, ${wholeSql(edgesOf(edges).length)}), b -> coalesce(element_at(${nameOf('h', i)}, b), 0)), ${','}) as ${nameOf('c', i)}`;
  const counted = sql`
    select ${groupedKeys(rows, segments)}, count(*) as "rows",
      count_if("decision") as "decided", count_if(not "decision") as "undecided", ${listSql(numbers.map(histogram))}
    from (${rowsSql(rows, segments, 'input_numbers', [rawSql('"decision"'), ...numbers.map(value)])}) r ${groupBy(rows, segments, [])}`;
  return sql`
    select "window", "segment", "slice", "rows", "decided", "undecided", ${listSql(numbers.map(counts))}
    from (${counted}) counted where "rows" > 0`;
}

/**
 * Values per category: `window`, `segment` and `slice` as above; `place` among the plan's texts, counted from 1; `category`,
 * one that the plan lists, or null for others; then `hash`, some of 256, and `example`, one of the values; `n`.
 *
 * Values are put together before they are looked up, which is a few lookups instead of one for each row and text.
 *
 * Cost: one pass over the texts; memory grows with the different values there are, not with rows.
 */
export function textCountsSql(rows: CountedRows, { texts, segments }: CountPlan): Sql {
  const listed = texts.flatMap(({ categories }, i) =>
    categories.map((category) => sql`(${bigintSql(i + 1)}, ${category})`),
  );
  // an empty VALUES is no table
  const known = listSql(listed.length === 0 ? [sql`(${bigintSql(0)}, ${''})`] : listed);
  const places = texts.map(({ place }, i) => sql`(${bigintSql(i + 1)}, ${wholeSql(place + 1)})`);
  const own = ['place', 'value'].map((name) => nameSql(name));
  const keys = ['window', 'segment', 'slice', 'place', 'category', 'hash'].map((name) => nameSql(name));
  // not unnest, for which DuckDB takes several times as long
  const values = sql`
    select r.*, p."place" as "place", element_at(r."texts", p."input") as "value"
    from (${rowsSql(rows, segments, 'input_texts', [rawSql('"input_texts" as "texts"')])}) r
    cross join (values ${listSql(places)}) p ("place", "input")`;
  const counted = sql`
    select ${groupedKeys(rows, segments)}, ${listSql(own)}, count(*) as "n"
    from (${values}) v where "value" is not null ${groupBy(rows, segments, own)}`;
  const keyed = sql`
    select c.*, k."category" as "category",
      case when k."category" is null then substr(to_hex(md5(to_utf8(c."value"))), 1, 2) end as "hash"
    from (${counted}) c left join (values ${known}) k ("place", "category")
      on k."place" = c."place" and k."category" = c."value"`;
  return sql`
    select ${listSql(keys)}, min(case when "category" is null then "value" end) as "example",
      cast(sum("n") as bigint) as "n"
    from (${keyed}) keyed group by ${listSql(keys)}`;
}

/**
 * How often units repeat themselves: per window the rows in each of 65,536 groups of units, told apart by a hash, as
 * `rows`, their sum, and `squares`, the sum of their squares. `effectiveRowsOf` makes of it what the units' own squares sum
 * up to. Of all answers with a unit: whether their values are in the log as well is not asked, which would be to read them.
 *
 * Cost: one pass over the units; memory does not grow with units.
 */
export function unitCountsSql(rows: CountedRows): Sql {
  const group = rawSql('bitwise_and(from_big_endian_64(xxhash64(to_utf8("unit"))), 65535)');
  const weights = sql`
    select "window", "unit_group", cast(count(*) as double) as "w"
    from (${rowsSql(rows, [], 'unit', [sql`${group} as "unit_group"`])}) r group by "window", "unit_group"`;
  return sql`select "window", sum("w") as "rows", sum("w" * "w") as "squares" from (${weights}) weighed group by "window"`;
}

/** A column without edges has one bin, which a bin to either side of 0 makes up. */
function edgesOf(edges: readonly number[]): readonly number[] {
  return edges.length === 0 ? [0] : edges;
}

/** @param counted what rows need to have besides a score: of those that come together, the one that is read anyway */
function rowsSql(
  { database, model, windows }: CountedRows,
  segments: readonly CountedSegment[],
  counted: 'input_numbers' | 'input_texts' | 'unit',
  values: readonly Sql[],
) {
  const any = (conditions: readonly Sql[]) => sql`(${joinSql(conditions, ' or ')})`;
  const days = any(windows.map(({ fromMs, toMs }) => sql`(${logDaysSql(fromMs, toMs)})`));
  const within = ({ fromMs, toMs }: CountedWindow) =>
    sql`"requested_at_ms" >= ${fromMs} and "requested_at_ms" < ${toMs}`;
  const ofReleases = ({ releaseIds }: CountedWindow) =>
    sql`"release_id" in (${listSql(releaseIds.map((releaseId) => sql`${releaseId}`))})`;
  const times = any(windows.map((window) => sql`(${within(window)} and ${ofReleases(window)})`));
  const window =
    windows.length === 1
      ? bigintSql(0)
      : sql`case ${joinSql(
          windows.map((one, i) => sql`when ${within(one)} then ${bigintSql(i)}`),
          ' ',
        )} end`;
  const slices = segments.map((segment, i) => sql`${sliceSql(segment)} as ${nameOf('s', i)}`);
  return sql`
    select ${listSql([sql`${window} as "window"`, ...slices, ...values])} from ${nameSql('prediction', database)}
    where ${days} and "model" = ${model} and ${times} and "score" is not null and ${nameSql(counted)} is not null`;
}

/** Place of a row's slice among those of the segment; null when it is in none of them. */
function sliceSql({ place, isText, cuts, slices }: CountedSegment): Sql {
  const value = inputSql(isText ? 'input_texts' : 'input_numbers', place);
  const known = slices.flatMap((slice, i) => (slice === null ? [] : [{ slice, is: bigintSql(i) }]));
  const missing = slices.indexOf(null);
  const cases = missing < 0 ? [] : [sql`when ${value} is null then ${bigintSql(missing)}`];
  if (cuts === null || isText) {
    cases.push(...known.map(({ slice, is }) => sql`when ${value} = ${isText ? slice : numberOf(slice)} then ${is}`));
  } else {
    const places = new Map(known.map(({ slice, is }) => [slice, is]));
    sliceOfCuts(cuts).forEach((slice, bin) => {
      const below = cuts[bin] === undefined ? sql`${value} is not null` : sql`${value} < ${doubleSql(cuts[bin])}`;
      cases.push(sql`when ${below} then ${places.get(slice) ?? rawSql('cast(null as bigint)')}`);
    });
  }
  return cases.length === 0 ? rawSql('cast(null as bigint)') : sql`case ${joinSql(cases, ' ')} end`;
}

/** The name of a slice of single numbers or booleans as the number that the log has. */
function numberOf(slice: string): number {
  return slice === 'true' ? 1 : slice === 'false' ? 0 : Number(slice);
}

/** The grouping of `groupBy` as `window`, `segment` and `slice`. */
function groupedKeys({ windows }: CountedRows, segments: readonly CountedSegment[]): Sql {
  const window = windows.length === 1 ? sql`${bigintSql(0)} as "window"` : rawSql('"window"');
  if (segments.length === 0) return sql`${window}, ${bigintSql(-1)} as "segment", ${bigintSql(-1)} as "slice"`;
  const names = segments.map((_, i) => nameOf('s', i));
  // bit i from the right is 1 when the i-th name from the right is not grouped by
  const all = 2 ** segments.length - 1;
  const cases = segments.map(
    (_, i) => sql`when ${wholeSql(all - 2 ** (segments.length - 1 - i))} then ${bigintSql(i)}`,
  );
  const grouping = sql`grouping(${listSql(names)})`;
  const slice = sql`case when ${grouping} = ${wholeSql(all)} then ${bigintSql(-1)} else coalesce(${listSql(names)}, cast(null as bigint)) end`;
  return sql`${window}, case ${grouping} ${joinSql(cases, ' ')} else ${bigintSql(-1)} end as "segment", ${slice} as "slice"`;
}

/** All rows, and the slices of each segment, in one pass. Without either there is nothing to group by, which is fastest. */
function groupBy({ windows }: CountedRows, segments: readonly CountedSegment[], also: readonly Sql[]): Sql {
  const shared = [...(windows.length === 1 ? [] : [nameSql('window')]), ...also];
  if (segments.length === 0) return shared.length === 0 ? rawSql('') : sql`group by ${listSql(shared)}`;
  const sets = [[], ...segments.map((_, i) => [nameOf('s', i)])].map(
    (names) => sql`(${listSql([...shared, ...names])})`,
  );
  return sql`group by grouping sets (${listSql(sets)})`;
}

function inputSql(column: 'input_numbers' | 'input_texts', place: number): Sql {
  return sql`element_at(${nameSql(column)}, ${wholeSql(place + 1)})`;
}

function nameOf(letter: string, i: number): Sql {
  return nameSql(`${letter}${i}`);
}

/** A double as a literal of the text: edges are the platform's own numbers, and thousands of parameters would be as many more bytes. */
function doubleSql(value: number): Sql {
  const literal = Object.is(value, -0) ? '0E0' : value.toExponential().replace('e+', 'E').replace('e', 'E');
  return rawSql(literal);
}
