import type { ResolvedView } from '../definitions/definitions.ts';
import type { Entity } from '../definitions/entity.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import type { Model } from '../definitions/model.ts';
import { InvalidInputError } from '../errors.ts';
import { maturedToMs } from '../point-in-time/compute-labels.ts';
import { type LabelTable, labelsSql } from './labels-sql.ts';
import type { TableSnapshot } from './offline-table-sql.ts';
import { type JoinedView, type JoinSpine, pointInTimeJoin } from './point-in-time-join-sql.ts';
import { column } from './span-plan.ts';
import { listSql, nameSql, rawSql, type Sql, sql } from './sql.ts';

export interface ViewTable {
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
 * of all their columns. `joinPointInTime` says what a label sees of a view, `pointInTimeJoin` what that costs.
 *
 * @throws InvalidInputError when a view's join keys are not among the model's, or two inputs get one column
 */
export function trainingJoinSql(model: Model, entity: Entity, labels: LabelTable, views: readonly ViewTable[]): Sql {
  assertDistinct(model.features.map(inputColumn));
  const spine = labelSpine(model, entity, labels);
  const joined = views.map((view) => joinedView(model, entity, view));
  const join = pointInTimeJoin(spine, joined, { knowledgeCut: true });
  const columns = listSql([
    sql`l."hg_id" as "label_id"`,
    ...entity.joinKeys.map((key, i) => sql`l.${column('k', i)} as ${nameSql(key.name)}`),
    sql`l."hg_time" as "label_time_ms", l."hg_label" as "label"`,
    ...model.features.map((ref) => sql`${join.column(ref.view, ref.feature)} as ${nameSql(inputColumn(ref))}`),
  ]);
  return sql`with ${listSql(join.ctes)} select ${columns} from "hg_spine" l ${join.joins} order by "label_id"`;
}

/** The labels, numbered in the order of all their columns. */
function labelSpine(model: Model, entity: Entity, labels: LabelTable): JoinSpine {
  const keys = entity.joinKeys.map((_, i) => column('k', i));
  const order = listSql([...keys, rawSql('"hg_time"'), rawSql('"hg_label"')].map((name) => sql`${name} nulls last`));
  const numbered = sql`"hg_spine" as (
    select row_number() over (order by ${order}) as "hg_id", ${listSql(keys)}, "hg_time", "hg_label" from "hg_labels"
  )`;
  return {
    ctes: [...labelsSql(model.label, labels), numbered],
    keys: entity.joinKeys.map((_, i) => `hg_k${i}`),
    lastTimeMs: maturedToMs({ ...labels.scope, watermarkMs: labels.table.watermarkMs }),
  };
}

function joinedView(model: Model, entity: Entity, { resolved, table }: ViewTable): JoinedView {
  const { name } = resolved.view;
  return {
    resolved,
    table,
    as: name,
    keys: keyPositions(resolved, entity).map((position) => `hg_k${position}`),
    features: model.features.filter((ref) => ref.view === name).map((ref) => ref.feature),
  };
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
