import { type Definitions, type ResolvedView, resolveView } from '../definitions/definitions.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import type { Model } from '../definitions/model.ts';
import type { OnDemandFeatureView } from '../definitions/on-demand-feature-view.ts';
import { planOnDemand } from '../on-demand/plan-on-demand.ts';

/** The views that a model's inputs come from, each list in order of name. */
export interface InputViews {
  /** Those of stored inputs, and those that on-demand inputs read. */
  readonly stored: readonly ResolvedView[];
  readonly onDemand: readonly OnDemandFeatureView[];
}

/** The features of segments that are no inputs, in the order of the definition. */
export function evaluationFeatures({
  features,
  segments,
}: Pick<Model, 'features' | 'segments'>): readonly FeatureRef[] {
  const isInput = (one: FeatureRef) =>
    features.some(({ view, feature }) => view === one.view && feature === one.feature);
  return segments.filter((one) => !isInput(one)).map(({ view, feature }) => ({ view, feature }));
}

/** The stored views that a training set is joined from, in order of name: those of the inputs, and of the segments. */
export function joinedViews(definitions: Definitions, model: Model): readonly ResolvedView[] {
  const { stored } = inputViews(definitions, model);
  const names = [...stored.map(({ view }) => view.name), ...evaluationFeatures(model).map(({ view }) => view)];
  return [...new Set(names)].sort().map((name) => resolveView(definitions, name));
}

/** @throws NotFoundError for a view or a feature that is not defined */
export function inputViews(definitions: Definitions, model: Model): InputViews {
  const { featureViews, onDemandFeatureViews } = definitions;
  const onDemand = onDemandFeatureViews.filter(({ name }) => model.features.some(({ view }) => view === name));
  const read = planOnDemand(model.features, onDemand, featureViews).stored;
  const inputs = model.features.filter(({ view }) => !onDemand.some(({ name }) => name === view));
  const names = [...new Set([...inputs, ...read].map(({ view }) => view))].sort();
  return { stored: names.map((name) => resolveView(definitions, name)), onDemand };
}
