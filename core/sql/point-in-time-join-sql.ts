import type { ResolvedView } from '../definitions/definitions.ts';
import { BugError } from '../errors.ts';
import { completeKeySql, loadedBySql, type TableSnapshot, tableSql } from './offline-table-sql.ts';
import { column } from './span-plan.ts';
import { joinSql, listSql, nameSql, rawSql, type Sql, sql } from './sql.ts';

/** The rows that features are joined to: each an instant and key values. */
export interface JoinSpine {
  /**
   * Common table expressions. The last one is `hg_spine`, with `hg_id` (bigint, a number of its own for every row),
   * `hg_time` (bigint, epoch milliseconds), the columns of `keys`, and any others. Athena computes them anew wherever
   * they are read: every time a row has to get the same `hg_id`.
   */
  readonly ctes: readonly Sql[];
  /** Columns of `hg_spine` that views are joined by. */
  readonly keys: readonly string[];
  /** No row of the spine is earlier; null when that is not known. Rows too old for it are not read. */
  readonly firstTimeMs: number | null;
  /** No row of the spine is later; null when that is not known. Rows that become visible later are not read. */
  readonly lastTimeMs: number | null;
}

/** A view as it is joined: one view may be joined several times, by different keys. */
export interface JoinedView {
  readonly resolved: ResolvedView;
  readonly table: TableSnapshot;
  /** Its name in this join, of its own: the view's name or an alias. */
  readonly as: string;
  /** Column of the spine for each join key of the view's entity, in the entity's order. */
  readonly keys: readonly string[];
  /** Wanted features of the view; at least one. */
  readonly features: readonly string[];
}

/** The parts of a statement `with <ctes> select … column(as, feature) … from "hg_spine" l <joins>`. */
export interface PointInTimeJoin {
  readonly ctes: readonly Sql[];
  /** Left joins to `"hg_spine" l`: every row of the spine stays, once. */
  readonly joins: Sql;
  /** What the row sees of a feature; null when it sees nothing. */
  column(as: string, feature: string): Sql;
}

/**
 * What every row of a spine sees of each view: `joinPointInTime` says what that is.
 *
 * Cost: one sort by entity and time of each view's rows and the spine, of their keys and times alone, and a second
 * reading of the view for the rows that are seen. No join compares times, and nothing grows with rows × rows of an
 * entity, nor with rows that tie × rows of the spine.
 *
 * @param options `knowledgeCut: false` also shows rows that were not known yet at the spine's instant: what leaks when
 *   knowledge time is not kept, for comparison. `names` begins the names of its tables, for a statement with two joins
 */
export function pointInTimeJoin(
  spine: JoinSpine,
  views: readonly JoinedView[],
  { knowledgeCut, names: prefix = 'hg_v' }: { readonly knowledgeCut: boolean; readonly names?: string },
): PointInTimeJoin {
  const names = new Map(views.map(({ as }, i) => [as, nameSql(`${prefix}${i}`)]));
  if (names.size < views.length) throw new BugError('two joined views of one name');
  return {
    ctes: [...spine.ctes, ...views.flatMap((view, i) => visibleSql(view, `${prefix}${i}`, spine, knowledgeCut))],
    joins: joinSql(
      [...names.values()].map((at) => sql`left join ${at} on ${at}."hg_id" = l."hg_id"`),
      ' ',
    ),
    column(as, feature) {
      const at = names.get(as);
      if (at === undefined) throw new BugError(`no view is joined as ${as}`);
      return sql`${at}.${nameSql(feature)}`;
    },
  };
}

/**
 * What the rows of the spine see of one view: `hg_id` and the features, for those that see something.
 *
 * A row can be seen from max(event time, known at) on. In that order the greatest (event time, known at) so far is what
 * is seen: one number, whose running maximum needs neither the features nor any order among rows of one instant. Rows
 * that tie in both are told apart when they are fetched; the rows of the spine that see the same wait in a list, so that each
 * is fetched once.
 */
function visibleSql(view: JoinedView, at: string, spine: JoinSpine, knowledgeCut: boolean): readonly Sql[] {
  const { resolved, table } = view;
  const features = view.features.map((feature) => nameSql(feature));
  const keys = view.keys.map((_, i) => column('j', i));
  const rowKeys = resolved.entity.joinKeys.map(({ name }) => nameSql(name, 'r'));
  const spineKeys = view.keys.map((name) => nameSql(name, 's'));
  const arrival = knowledgeCut ? sql`greatest(r."event_time_ms", r."known_at_ms")` : sql`r."event_time_ms"`;
  const order = orderSql(sql`r."event_time_ms"`, sql`r."known_at_ms"`);
  const readable = joinSql(
    [loadedBySql(table, 'r'), completeKeySql(rowKeys), ...boundsSql(view, spine, knowledgeCut)],
    ' and ',
  );
  const found = nameSql(`${at}_found`);
  const fetched = nameSql(`${at}_rows`);
  const named = (values: readonly Sql[]) => values.map((value, i) => sql`${value} as ${keys[i]!}`);

  // twice the instant, and one more for the spine: one number to sort by, where a row stands before what sees it
  const stacked = sql`
    select ${listSql([...named(rowKeys), sql`2 * ${arrival} as "hg_at", cast(null as bigint) as "hg_id", ${order} as "hg_order"`])}
    from ${tableSql(table)} r where ${readable}
    union all
    select ${listSql([...named(spineKeys), rawSql('2 * s."hg_time" + 1, s."hg_id", cast(null as decimal(38, 0))')])}
    from "hg_spine" s where ${completeKeySql(spineKeys)}`;
  const seen = sql`max("hg_order") over (
    ${partitionSql(keys)} order by "hg_at" rows between unbounded preceding and current row
  )`;
  const { ttlMs } = resolved.view;
  const isYoung =
    ttlMs === null
      ? sql`"hg_seen" is not null`
      : sql`"hg_seen" >= ${oldestOrderSql(sql`("hg_at" - 1) / 2 - ${ttlMs}`)}`;
  const onRow = joinSql(
    [...keys.map((key, i) => sql`f.${key} = ${rowKeys[i]!}`), sql`f."hg_seen" = ${order}`],
    ' and ',
  );
  const last = sql`row_number() over (
    ${partitionSql([...keys, sql`"hg_seen"`])} order by r."loaded_at_ms" desc, r."seq" desc
  )`;
  return [
    sql`${found} as (
      select ${listSql([...keys, sql`"hg_seen"`])}, array_agg("hg_id") as "hg_ids"
      from (select ${listSql([...keys, sql`"hg_at", "hg_id", ${seen} as "hg_seen"`])} from (${stacked}) a) b
      where "hg_id" is not null and ${isYoung}
      group by ${listSql([...keys, sql`"hg_seen"`])}
    )`,
    sql`${fetched} as (
      select ${listSql([...features.map((feature) => sql`r.${feature}`), sql`f."hg_ids", ${last} as "hg_rank"`])}
      from ${tableSql(table)} r join ${found} f on ${onRow}
      where ${readable}
    )`,
    sql`${nameSql(at)} as (
      select ${listSql([sql`i."hg_id"`, ...features])}
      from ${fetched} cross join unnest("hg_ids") as i ("hg_id")
      where "hg_rank" = 1
    )`,
  ];
}

/** Leaves out rows that no row of the spine can see. */
function boundsSql({ resolved }: JoinedView, { firstTimeMs, lastTimeMs }: JoinSpine, knowledgeCut: boolean): Sql[] {
  const { ttlMs } = resolved.view;
  const bounds: Sql[] = [];
  if (firstTimeMs !== null && ttlMs !== null) bounds.push(sql`r."event_time_ms" >= ${firstTimeMs - ttlMs}`);
  if (lastTimeMs !== null) bounds.push(sql`r."event_time_ms" <= ${lastTimeMs}`);
  if (lastTimeMs !== null && knowledgeCut) bounds.push(sql`r."known_at_ms" <= ${lastTimeMs}`);
  return bounds;
}

/**
 * (event time, known at) as one number that is ordered as the pair: 10^17 × event time + known at. Right for every
 * instant JavaScript has, ± 8.64 × 10^15.
 */
function orderSql(eventTime: Sql, knownAt: Sql): Sql {
  return sql`cast(${eventTime} as decimal(19, 0)) * cast(100000000000000000 as decimal(18, 0)) + cast(${knownAt} as decimal(19, 0))`;
}

/** What is not less than this has an event time that is not less than the given one. */
function oldestOrderSql(eventTime: Sql): Sql {
  return orderSql(eventTime, rawSql('-50000000000000000'));
}

/** An entity without join keys is one partition. */
function partitionSql(keys: readonly Sql[]): Sql {
  return keys.length === 0 ? rawSql('') : sql`partition by ${listSql(keys)}`;
}
