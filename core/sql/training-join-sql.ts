import type { ResolvedView } from '../definitions/definitions.ts';
import type { Entity } from '../definitions/entity.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import type { Model } from '../definitions/model.ts';
import { BugError, InvalidInputError } from '../errors.ts';
import { maturedToMs } from '../point-in-time/compute-labels.ts';
import { type LabelTable, labelsSql } from './labels-sql.ts';
import { completeKeySql, loadedBySql, SQL_TYPES, type TableSnapshot, tableSql } from './offline-table-sql.ts';
import { column } from './span-plan.ts';
import { joinSql, listSql, nameSql, rawSql, type Sql, sql } from './sql.ts';

export interface JoinedView {
  readonly resolved: ResolvedView;
  readonly table: TableSnapshot;
}

/** Column of a feature in the training set. */
export function inputColumn(ref: FeatureRef): string {
  return `${ref.view}__${ref.feature}`;
}

/**
 * The training set before it is split: `label_id`, the model's join keys, `label_time_ms`, `label` (null while it has
 * not matured) and the model's inputs as `view__feature`, in order of `label_id`, which numbers the labels in the order
 * of all their columns. `joinPointInTime` says what a label sees of a view.
 *
 * Cost: one sort of each view's rows by entity and time, and one of them together with the labels; no join compares
 * times, so it does not grow with rows × labels of an entity.
 *
 * @throws InvalidInputError when a view's join keys are not among the model's, or two inputs get one column
 */
export function trainingJoinSql(model: Model, entity: Entity, labels: LabelTable, views: readonly JoinedView[]): Sql {
  assertDistinct(model.features.map(inputColumn));
  const keys = entity.joinKeys.map((_, i) => column('k', i));
  const order = listSql([...keys, rawSql('"hg_time"'), rawSql('"hg_label"')].map((name) => sql`${name} nulls last`));
  const spine = sql`"hg_spine" as (
    select row_number() over (order by ${order}) as "hg_id", ${listSql(keys)}, "hg_time", "hg_label" from "hg_labels"
  )`;
  const lastLabelMs = maturedToMs({ ...labels.scope, watermarkMs: labels.table.watermarkMs });
  const joined = views.map((view, i) => ({ view, at: `hg_v${i}`, features: featuresOf(model, view) }));
  const ctes = [
    ...labelsSql(model.label, labels),
    spine,
    ...joined.flatMap(({ view, at, features }) => visibleSql({ ...view, at, features, lastLabelMs }, entity)),
  ];
  const inputs = model.features.map((ref) => {
    const from = joined.find(({ view }) => view.resolved.view.name === ref.view);
    if (from === undefined) throw new BugError(`no table is given for view ${ref.view}`);
    return sql`${rawSql(from.at)}.${nameSql(ref.feature)} as ${nameSql(inputColumn(ref))}`;
  });
  const columns = listSql([
    sql`l."hg_id" as "label_id"`,
    ...entity.joinKeys.map((key, i) => sql`l.${column('k', i)} as ${nameSql(key.name)}`),
    sql`l."hg_time" as "label_time_ms", l."hg_label" as "label"`,
    ...inputs,
  ]);
  const joins = joined.map(
    ({ at }) => sql`left join "${rawSql(at)}" ${rawSql(at)} on ${rawSql(at)}."hg_id" = l."hg_id"`,
  );
  return sql`with ${listSql(ctes)} select ${columns} from "hg_spine" l ${joinSql(joins, ' ')} order by "label_id"`;
}

interface SeenView extends JoinedView {
  /** Name of the common table expression. */
  readonly at: string;
  readonly features: readonly FeatureRef[];
  /** No label is later, so no row that is known later is seen. */
  readonly lastLabelMs: number;
}

/**
 * What every label sees of one view: `hg_id` and the features.
 *
 * A row can be seen from max(event time, known at) on. In that order a row that is not the latest of those before it
 * will never be, so it is dropped; what is left is carried forward to the labels, as one value, so that features of
 * different rows never mix.
 */
function visibleSql({ resolved, table, at, features, lastLabelMs }: SeenView, entity: Entity): readonly Sql[] {
  const { ttlMs } = resolved.view;
  const keys = keyPositions(resolved, entity).map((i) => column('k', i));
  const named = resolved.entity.joinKeys.map(({ name }) => nameSql(name, 'r'));
  const values = features.map(({ feature }) => nameSql(feature));
  const types = features.map(({ feature }) => {
    const type = resolved.view.features.find(({ name }) => name === feature)?.type;
    if (type === undefined) throw new BugError(`view ${resolved.view.name} has no feature ${feature}`);
    return sql`${nameSql(feature)} ${rawSql(SQL_TYPES[type])}`;
  });
  const rowType = sql`row(${listSql([rawSql('"hg_event" bigint'), ...types])})`;
  const [seen, rows] = [nameSql(`${at}_seen`), nameSql(`${at}_rows`)];

  const arrival = sql`greatest(r."event_time_ms", r."known_at_ms")`;
  const times = rawSql('"event_time_ms", "known_at_ms", "loaded_at_ms", "seq"');
  const kept = sql`
    select *, max("event_time_ms") over (
      partition by ${listSql(keys)} order by "hg_time", ${times} rows between unbounded preceding and current row
    ) as "hg_newest"
    from (
      select ${listSql(named.map((name, i) => sql`${name} as ${keys[i]!}`))}, ${arrival} as "hg_time",
        ${listSql([times, ...values])}
      from ${tableSql(table)} r
      where ${loadedBySql(table, 'r')} and ${completeKeySql(named)} and ${arrival} <= ${lastLabelMs}
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

function featuresOf(model: Model, view: JoinedView): readonly FeatureRef[] {
  return model.features.filter((ref) => ref.view === view.resolved.view.name);
}

/** Where each join key of the view stands among the model's. */
function keyPositions({ view, entity: of }: ResolvedView, entity: Entity): readonly number[] {
  return of.joinKeys.map(({ name }) => {
    const position = entity.joinKeys.findIndex((key) => key.name === name);
    if (position < 0) {
      const known = entity.joinKeys.map((key) => key.name).join(', ');
      throw new InvalidInputError(
        `view ${view.name} is joined by ${name}, which entity ${entity.name} of the model lacks; it has ${known}`,
        { view: view.name, joinKey: name, entity: entity.name },
      );
    }
    return position;
  });
}

function assertDistinct(columns: readonly string[]): void {
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new InvalidInputError(`two inputs of the model get the column ${twice}; rename a view or a feature`, {
      twice,
    });
  }
}
