import { byName, type Definitions, type ResolvedView } from '../definitions/definitions.ts';
import type { JoinKey } from '../definitions/entity.ts';
import { featureColumn } from '../definitions/feature-column.ts';
import type { ViewAlias } from '../definitions/feature-service.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import type { OnDemandFeatureView, RequestField } from '../definitions/on-demand-feature-view.ts';
import type { ValueType } from '../definitions/value-type.ts';
import { InvalidInputError, NotFoundError } from '../errors.ts';
import { type OnDemandPlan, planOnDemand } from '../on-demand/plan-on-demand.ts';

/** Which features are wanted: references, or the name of a feature service. */
export type FeatureChoice =
  | { readonly features: readonly string[]; readonly featureService?: undefined }
  | { readonly featureService: string; readonly features?: undefined };

/** A feature as a column of a training set. */
export interface WantedFeature {
  readonly ref: FeatureRef;
  readonly column: string;
  readonly type: ValueType;
  readonly isOnDemand: boolean;
}

/** A feature view that has to be joined, once for every name it goes by. */
export interface WantedView {
  /** Name of the view, or the alias it is read under. */
  readonly as: string;
  readonly resolved: ResolvedView;
  /** Column of the entity table for each join key of the view's entity, in the entity's order. */
  readonly keyColumns: readonly string[];
  /** Stored features that are wanted, or that an on-demand feature reads; each once. */
  readonly features: readonly string[];
}

export interface WantedFeatures {
  /** In the order asked for. */
  readonly features: readonly WantedFeature[];
  /** In order of `as`. */
  readonly views: readonly WantedView[];
  readonly onDemand: OnDemandPlan;
  /** The on-demand views among those asked for, in order of name. */
  readonly onDemandViews: readonly OnDemandFeatureView[];
  /** Columns that name entities, each once, in order of name. */
  readonly keys: readonly JoinKey[];
  /** Columns that carry values of a request, each once. */
  readonly request: readonly RequestField[];
}

/** Bounds what one part of a training set takes in memory. */
export const MAX_FEATURES = 300;

const REF = /^([a-z][a-z0-9_]*):([a-z][a-z0-9_]*)$/;

/**
 * What a choice of features means.
 *
 * @param viewNamed the version of a feature view that is read
 * @throws InvalidInputError, NotFoundError naming what there is
 */
export function wantedFeatures(
  definitions: Definitions,
  choice: FeatureChoice,
  viewNamed: (name: string) => ResolvedView,
): WantedFeatures {
  const { refs, aliases } = chosen(definitions, choice);
  assertRefs(refs);
  const onDemand = planOnDemand(refs, definitions.onDemandFeatureViews, definitions.featureViews);
  const isOnDemand = ({ view }: FeatureRef) => definitions.onDemandFeatureViews.some(({ name }) => name === view);
  const stored = [...refs.filter((ref) => !isOnDemand(ref)), ...onDemand.stored];
  const views = [...new Set(stored.map(({ view }) => view))]
    .sort()
    .map((as) => wantedView(as, stored, aliases, viewNamed, definitions));
  const features = refs.map((ref): WantedFeature => {
    const computed = onDemand.features.find((one) => featureColumn(one.ref) === featureColumn(ref));
    const type = computed?.type ?? storedType(views, ref);
    return { ref, column: featureColumn(ref), type, isOnDemand: computed !== undefined };
  });
  return {
    features,
    views,
    onDemand,
    onDemandViews: definitions.onDemandFeatureViews.filter(({ name }) => refs.some(({ view }) => view === name)),
    keys: keysOf(views, onDemand.request),
    request: onDemand.request,
  };
}

function chosen(
  definitions: Definitions,
  choice: FeatureChoice,
): { readonly refs: readonly FeatureRef[]; readonly aliases: readonly ViewAlias[] } {
  if (choice.featureService !== undefined) {
    const service = byName('feature service', definitions.featureServices, choice.featureService);
    return { refs: service.features, aliases: service.aliases };
  }
  const refs = choice.features.map((text) => {
    const [, view, feature] = REF.exec(text) ?? [];
    if (view !== undefined && feature !== undefined) return { view, feature };
    throw new InvalidInputError(`"${text.slice(0, 100)}" is no feature reference; write view:feature`, { ref: text });
  });
  return { refs, aliases: [] };
}

function assertRefs(refs: readonly FeatureRef[]): void {
  if (refs.length > MAX_FEATURES) {
    throw new InvalidInputError(
      `${refs.length} features are asked for; at most ${MAX_FEATURES} are allowed: make two training sets of one entity table`,
      { features: refs.length, maxFeatures: MAX_FEATURES },
    );
  }
  const columns = refs.map(featureColumn);
  const twice = columns.find((column, i) => columns.indexOf(column) !== i);
  if (twice !== undefined) {
    throw new InvalidInputError(`two of the features get the column "${twice}"; ask for each once`, { column: twice });
  }
}

function wantedView(
  as: string,
  stored: readonly FeatureRef[],
  aliases: readonly ViewAlias[],
  viewNamed: (name: string) => ResolvedView,
  definitions: Definitions,
): WantedView {
  const alias = aliases.find(({ name }) => name === as);
  const isKnown = alias !== undefined || definitions.featureViews.some(({ name }) => name === as);
  if (!isKnown) {
    const known = [...definitions.featureViews, ...definitions.onDemandFeatureViews].map(({ name }) => name);
    throw new NotFoundError('feature view', as, known);
  }
  const resolved = viewNamed(alias?.view ?? as);
  const features = [...new Set(stored.filter(({ view }) => view === as).map(({ feature }) => feature))];
  for (const feature of features) featureOf(resolved, feature);
  return { as, resolved, keyColumns: alias?.joinKeys ?? resolved.entity.joinKeys.map(({ name }) => name), features };
}

function featureOf({ view }: ResolvedView, name: string) {
  return byName(`feature of view "${view.name}"`, view.features, name);
}

function storedType(views: readonly WantedView[], ref: FeatureRef): ValueType {
  return featureOf(byName('feature view', views.map(named), ref.view).resolved, ref.feature).type;
}

function named(view: WantedView): WantedView & { readonly name: string } {
  return { ...view, name: view.as };
}

function keysOf(views: readonly WantedView[], request: readonly RequestField[]): readonly JoinKey[] {
  const keys = new Map<string, JoinKey>();
  for (const { as, resolved, keyColumns } of views) {
    resolved.entity.joinKeys.forEach(({ type }, i) => {
      const name = keyColumns[i]!;
      const other = keys.get(name)?.type ?? request.find((field) => field.name === name)?.type ?? type;
      if (other !== type) {
        throw new InvalidInputError(
          `column "${name}" is a ${type} as the join key of ${as} and a ${other} for another feature; give one of the views an alias with another key name`,
          { column: name },
        );
      }
      keys.set(name, { name, type });
    });
  }
  return [...keys.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
