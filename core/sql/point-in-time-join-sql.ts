import type { ResolvedView } from '../definitions/definitions.ts';
import { BugError } from '../errors.ts';
import { completeKeySql, loadedBySql, SQL_TYPES, type TableSnapshot, tableSql } from './offline-table-sql.ts';
import { joinSql, listSql, nameSql, rawSql, type Sql, sql } from './sql.ts';

/** The rows that features are joined to: each an instant and key values. */
export interface JoinSpine {
  /**
   * Common table expressions. The last one is `hg_spine`, with `hg_id` (bigint, a number of its own for every row),
   * `hg_time` (bigint, epoch milliseconds), the columns of `keys`, and any others.
   */
  readonly ctes: readonly Sql[];
  /** Columns of `hg_spine` that views are joined by. */
  readonly keys: readonly string[];
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
 * Cost: one sort of each view's rows by entity and time, and one of them together with the spine; no join compares
 * times, so it does not grow with rows × rows of an entity.
 *
 * @param options `knowledgeCut: false` also shows rows that were not known yet at the spine's instant: what leaks when
 *   knowledge time is not kept, for comparison
 */
export function pointInTimeJoin(
  spine: JoinSpine,
  views: readonly JoinedView[],
  options: { readonly knowledgeCut: boolean },
): PointInTimeJoin {
  const names = new Map(views.map(({ as }, i) => [as, rawSql(`"hg_v${i}"`)]));
  if (names.size < views.length) throw new BugError('two joined views of one name');
  return {
    ctes: [...spine.ctes, ...views.flatMap((view, i) => visibleSql(view, `hg_v${i}`, spine, options.knowledgeCut))],
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
 * What every row of the spine sees of one view: `hg_id` and the features.
 *
 * A row can be seen from max(event time, known at) on. In that order a row that is not the latest of those before it
 * will never be, so it is dropped; what is left is carried forward to the spine, as one value, so that features of
 * different rows never mix.
 */
function visibleSql(
  { resolved, table, keys: spineKeys, features }: JoinedView,
  at: string,
  { lastTimeMs }: JoinSpine,
  knowledgeCut: boolean,
): readonly Sql[] {
  const { ttlMs } = resolved.view;
  const keys = spineKeys.map((name) => nameSql(name));
  const named = resolved.entity.joinKeys.map(({ name }) => nameSql(name, 'r'));
  const values = features.map((feature) => nameSql(feature));
  const types = features.map((feature) => {
    const type = resolved.view.features.find(({ name }) => name === feature)?.type;
    if (type === undefined) throw new BugError(`view ${resolved.view.name} has no feature ${feature}`);
    return sql`${nameSql(feature)} ${rawSql(SQL_TYPES[type])}`;
  });
  const rowType = sql`row(${listSql([rawSql('"hg_event" bigint'), ...types])})`;
  const [seen, rows] = [nameSql(`${at}_seen`), nameSql(`${at}_rows`)];

  const arrival = knowledgeCut ? sql`greatest(r."event_time_ms", r."known_at_ms")` : sql`r."event_time_ms"`;
  const times = rawSql('"event_time_ms", "known_at_ms", "loaded_at_ms", "seq"');
  const conditions = [loadedBySql(table, 'r'), completeKeySql(named)];
  if (lastTimeMs !== null) conditions.push(sql`${arrival} <= ${lastTimeMs}`);
  const kept = sql`
    select *, max("event_time_ms") over (
      partition by ${listSql(keys)} order by "hg_time", ${times} rows between unbounded preceding and current row
    ) as "hg_newest"
    from (
      select ${listSql(named.map((name, i) => sql`${name} as ${keys[i]!}`))}, ${arrival} as "hg_time",
        ${listSql([times, ...values])}
      from ${tableSql(table)} r
      where ${joinSql(conditions, ' and ')}
    ) a`;
  const stacked = sql`
    select ${listSql(keys)}, "hg_time", 0 as "hg_kind", ${times}, cast(null as bigint) as "hg_id",
      cast(row(${listSql([rawSql('"event_time_ms"'), ...values])}) as ${rowType}) as "hg_row"
    from (${kept}) r
    where "event_time_ms" = "hg_newest"
    union all
    select ${listSql(keys)}, "hg_time", 1, 0, 0, 0, 0, "hg_id", cast(null as ${rowType})
    from "hg_spine"`;
  const carried = sql`last_value("hg_row") ignore nulls over (
    partition by ${listSql(keys)} order by "hg_time", "hg_kind", ${times}
    rows between unbounded preceding and current row
  )`;
  const isVisible = ttlMs === null ? null : sql`"hg_row"."hg_event" >= "hg_time" - ${ttlMs}`;
  const answer = values.map((value) => {
    const field = sql`"hg_row".${value}`;
    return isVisible === null ? sql`${field} as ${value}` : sql`case when ${isVisible} then ${field} end as ${value}`;
  });
  return [
    sql`${rows} as (${stacked})`,
    sql`${seen} as (select "hg_kind", "hg_id", "hg_time", ${carried} as "hg_row" from ${rows})`,
    sql`${nameSql(at)} as (select ${listSql([rawSql('"hg_id"'), ...answer])} from ${seen} where "hg_kind" = 1)`,
  ];
}
