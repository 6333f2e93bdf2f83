import { type Definitions, type ResolvedView, resolveView } from '../definitions/definitions.ts';
import type { Model } from '../definitions/model.ts';
import type { OnDemandFeatureView } from '../definitions/on-demand-feature-view.ts';
import { planOnDemand } from '../on-demand/plan-on-demand.ts';

/** The views that a model's inputs come from, each list in order of name. */
export interface InputViews {
  /** Those of stored inputs, and those that on-demand inputs read. */
  readonly stored: readonly ResolvedView[];
  readonly onDemand: readonly OnDemandFeatureView[];
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
