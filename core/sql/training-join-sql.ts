import type { ResolvedView } from '../definitions/definitions.ts';
import type { Entity } from '../definitions/entity.ts';
import { featureColumn } from '../definitions/feature-column.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import type { Model } from '../definitions/model.ts';
import { type OnDemandFeatureView, REQUEST_TIME } from '../definitions/on-demand-feature-view.ts';
import { InvalidInputError } from '../errors.ts';
import { changedColumn } from '../leak/changed-inputs.ts';
import { type OnDemandPlan, onDemandSql, planOnDemand } from '../on-demand/plan-on-demand.ts';
import { maturedToMs } from '../point-in-time/compute-labels.ts';
import { type BesideView, besideColumn } from '../training/beside-inputs.ts';
import { evaluationFeatures } from '../training/input-views.ts';
import { segmentColumn } from '../training/segment-rows.ts';
import { type LabelTable, labelsSql } from './labels-sql.ts';
import { SQL_TYPES, type TableSnapshot } from './offline-table-sql.ts';
import { type JoinedView, type JoinSpine, type PointInTimeJoin, pointInTimeJoin } from './point-in-time-join-sql.ts';
import { column } from './span-plan.ts';
import { listSql, nameSql, rawSql, type Sql, sql } from './sql.ts';

export interface ViewTable {
  readonly resolved: ResolvedView;
  readonly table: TableSnapshot;
}

/** A view of another release, and what of it is joined beside the model's own inputs. */
export interface BesideTable extends BesideView {
  readonly table: TableSnapshot;
}

/**
 * The training set before it is split: `label_id`, the model's join keys, `label_time_ms`, `label` (null while it has
 * not matured) and the model's inputs as `view__feature`, in order of `label_id`, which numbers the labels in the order
 * of all their columns. `joinPointInTime` says what a label sees of a view, `pointInTimeJoin` what that costs.
 *
 * On-demand inputs are computed from what the label sees of the stored features they read, from the label's context,
 * and at the label's instant.
 *
 * Without the knowledge cut a label sees values of its past that were not known yet; for each input follows whether that
 * is another value than with the cut, under `changedColumn`.
 *
 * Features of segments that are no inputs follow them, under `segmentColumn`.
 *
 * @param beside views whose features follow the model's own, under `besideColumn`
 * @param views of the stored features: the model's own, those that on-demand inputs read, and those of segments
 * @throws InvalidInputError when a view's join keys are not among the model's, or two inputs get one column
 */
export function trainingJoinSql(
  model: Model,
  entity: Entity,
  labels: LabelTable,
  views: readonly ViewTable[],
  onDemandViews: readonly OnDemandFeatureView[],
  beside: readonly BesideTable[] = [],
  { knowledgeCut }: { readonly knowledgeCut: boolean } = { knowledgeCut: true },
): Sql {
  assertDistinct(model.features.map(featureColumn));
  const onDemand = planOnDemand(
    model.features,
    onDemandViews,
    views.map(({ resolved }) => resolved.view),
  );
  const segments = evaluationFeatures(model);
  const stored = distinctRefs([...storedFeatures(model, onDemand), ...segments]);
  const spine = labelSpine(model, entity, labels);
  const joined = [
    ...views.map((view) => joinedView(stored, entity, view)),
    ...beside.map((view) => besideView(entity, view)),
  ];
  const join = pointInTimeJoin(spine, joined, { knowledgeCut });
  const known = knowledgeCut ? null : knownJoin(spine, joined);
  const seen = sql`"hg_seen" as (
    select ${listSql([
      ...spineColumns(model, entity).map((name) => sql`l.${name}`),
      ...requestColumns(model, onDemand),
      ...beside.flatMap((view) =>
        besideRefs(view).map(
          (ref) => sql`${join.column(besideName(view), ref.feature)} as ${nameSql(besideColumn(ref))}`,
        ),
      ),
      ...stored.map((ref) => sql`${join.column(ref.view, ref.feature)} as ${nameSql(featureColumn(ref))}`),
      ...(known === null ? [] : stored.map((ref) => sql`${known.column(ref.view, ref.feature)} as ${knownName(ref)}`)),
    ])}
    from "hg_spine" l ${join.joins} ${known?.joins ?? rawSql('')}
  )`;
  const columns = listSql([
    sql`s."hg_id" as "label_id"`,
    ...entity.joinKeys.map((key, i) => sql`s.${column('k', i)} as ${nameSql(key.name)}`),
    sql`s."hg_time" as "label_time_ms", s."hg_label" as "label"`,
    ...model.features.map((ref) => sql`${inputSql(ref, onDemand)} as ${nameSql(featureColumn(ref))}`),
    ...beside.flatMap(besideRefs).map((ref) => sql`s.${nameSql(besideColumn(ref))} as ${nameSql(besideColumn(ref))}`),
    ...segments.map((ref) => sql`s.${nameSql(featureColumn(ref))} as ${nameSql(segmentColumn(ref))}`),
    ...(known === null ? [] : model.features.map((ref) => changedSql(ref, onDemand))),
  ]);
  return sql`with ${listSql([...join.ctes, ...(known?.ctes ?? []), seen])} select ${columns} from "hg_seen" s order by "label_id"`;
}

/** The labels, numbered in the order of all their columns. */
function labelSpine(model: Model, entity: Entity, labels: LabelTable): JoinSpine {
  const names = spineColumns(model, entity).slice(1);
  const order = listSql(names.map((name) => sql`${name} nulls last`));
  const numbered = sql`"hg_spine" as (
    select row_number() over (order by ${order}) as "hg_id", ${listSql(names)} from "hg_labels"
  )`;
  return {
    ctes: [...labelsSql(model.label, labels), numbered],
    keys: entity.joinKeys.map((_, i) => `hg_k${i}`),
    firstTimeMs: Math.max(labels.oldestEventMs, labels.scope.labelsFromMs ?? labels.oldestEventMs),
    lastTimeMs: maturedToMs({ ...labels.scope, watermarkMs: labels.table.watermarkMs }),
  };
}

/** `hg_id` first. */
function spineColumns(model: Model, entity: Entity): readonly Sql[] {
  return [
    rawSql('"hg_id"'),
    ...entity.joinKeys.map((_, i) => column('k', i)),
    rawSql('"hg_time"'),
    rawSql('"hg_label"'),
    ...contextOf(model).map((_, i) => column('c', i)),
  ];
}

function contextOf({ label }: Model): readonly { readonly name: string }[] {
  return label.kind === 'observed' ? label.context : [];
}

/** The request fields by name, from the label's context. */
function requestColumns(model: Model, onDemand: OnDemandPlan): readonly Sql[] {
  const context = contextOf(model);
  return onDemand.request.map(({ name, type }) => {
    const at = context.findIndex((field) => field.name === name);
    if (at === -1) {
      throw new InvalidInputError(
        `the label of model ${model.name} has no context for "${name}", which its on-demand features read; give it observedLabel({ context: { ${name}: … } })`,
        { model: model.name, field: name },
      );
    }
    return sql`cast(l.${column('c', at)} as ${rawSql(SQL_TYPES[type])}) as ${nameSql(name)}`;
  });
}

/** @param storedName column of `hg_seen` for a stored feature */
function inputSql(
  ref: FeatureRef,
  onDemand: OnDemandPlan,
  storedName = (stored: FeatureRef) => nameSql(featureColumn(stored)),
): Sql {
  const computed = onDemand.features.find((one) => one.ref.view === ref.view && one.ref.feature === ref.feature);
  if (computed === undefined) return sql`s.${storedName(ref)}`;
  const stored = new Map(onDemand.stored.map((one) => [featureColumn(one), storedName(one)]));
  return onDemandSql(
    computed,
    (name) => sql`s.${stored.get(name) ?? nameSql(name === REQUEST_TIME ? 'hg_time' : name)}`.text,
  );
}

/** The same views once more with the knowledge cut, to the same spine. */
function knownJoin(spine: JoinSpine, joined: readonly JoinedView[]): PointInTimeJoin {
  return pointInTimeJoin({ ...spine, ctes: [] }, joined, { knowledgeCut: true, names: 'hg_known' });
}

function knownName(ref: FeatureRef): Sql {
  return nameSql(`hg_known_${featureColumn(ref)}`);
}

function changedSql(ref: FeatureRef, onDemand: OnDemandPlan): Sql {
  const [without, cut] = [inputSql(ref, onDemand), inputSql(ref, onDemand, knownName)];
  return sql`${without} is distinct from ${cut} as ${nameSql(changedColumn(ref))}`;
}

/** The stored features to join, each once: inputs, and what on-demand inputs read. */
function storedFeatures(model: Model, onDemand: OnDemandPlan): readonly FeatureRef[] {
  const computed = new Set(onDemand.features.map(({ ref }) => featureColumn(ref)));
  const inputs = model.features.filter((ref) => !computed.has(featureColumn(ref)));
  return distinctRefs([...inputs, ...onDemand.stored]);
}

function distinctRefs(refs: readonly FeatureRef[]): readonly FeatureRef[] {
  return [...new Map(refs.map((ref) => [featureColumn(ref), ref])).values()];
}

function joinedView(stored: readonly FeatureRef[], entity: Entity, { resolved, table }: ViewTable): JoinedView {
  const { name } = resolved.view;
  return {
    resolved,
    table,
    as: name,
    keys: keyPositions(resolved, entity).map((position) => `hg_k${position}`),
    features: stored.filter((ref) => ref.view === name).map((ref) => ref.feature),
  };
}

function besideView(entity: Entity, view: BesideTable): JoinedView {
  const keys = keyPositions(view.resolved, entity).map((position) => `hg_k${position}`);
  return { resolved: view.resolved, table: view.table, as: besideName(view), keys, features: view.features };
}

/** Apart from the name of every view. */
function besideName({ resolved: { view, version } }: BesideView): string {
  return `${view.name}@${version}`;
}

function besideRefs({ resolved, features }: BesideView): readonly FeatureRef[] {
  return features.map((feature) => ({ view: resolved.view.name, feature }));
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
