import type { Definitions } from '../definitions/definitions.ts';
import { featureColumn } from '../definitions/feature-column.ts';
import { jsonValue, type Row, type Value } from '../definitions/value-type.ts';
import { BugError } from '../errors.ts';
import type { ReleaseManifest } from '../release/release-manifest.ts';
import { onDemandValues } from '../serving/on-demand-values.ts';
import type { ServingPlan } from '../serving/serving-plan.ts';
import { type WantedFeatures, wantedFeatures } from '../training-set/wanted-features.ts';

/** The stored features that a release's inputs are or are computed from, in the versions that the release was trained with. */
export function storedFeatures(
  { featureViews, onDemandFeatureViews }: ReleaseManifest,
  plan: ServingPlan,
): WantedFeatures {
  const definitions: Definitions = {
    entities: featureViews.map(({ entity }) => entity),
    sources: featureViews.map(({ source }) => source),
    featureViews: featureViews.map(({ view }) => view),
    onDemandFeatureViews,
    featureServices: [],
    models: [],
  };
  const inputs = plan.inputs.filter(({ from }) => !('onDemandAt' in from)).map(({ ref }) => ref);
  const read = plan.onDemand.plan.stored.map(({ view, feature }) => `${view}:${feature}`);
  return wantedFeatures(definitions, { features: [...new Set([...inputs, ...read])] }, (name) => {
    const found = featureViews.find(({ view }) => view.name === name);
    if (found === undefined)
      throw new BugError(`release of model ${plan.model} reads view ${name}, which it does not keep`);
    return found;
  });
}

/**
 * The inputs of a release by `view:feature`, as evidence tells them, from stored values by column. On-demand features
 * are computed as serving computes them.
 */
export function rebuildVector(
  plan: ServingPlan,
  stored: (column: string) => Value,
  request: { readonly context: Row; readonly requestTimeMs: number },
): Row {
  const of = (ref: { readonly view: string; readonly feature: string }) => stored(featureColumn(ref));
  const computed = onDemandValues(plan.onDemand.plan, of, request.context, request.requestTimeMs);
  return Object.fromEntries(
    plan.inputs.map(({ ref, input, from }) => {
      const value = 'onDemandAt' in from ? computed[from.onDemandAt]!.value : of(input); // planned for these inputs
      return [ref, jsonValue(input.type, value)];
    }),
  );
}
