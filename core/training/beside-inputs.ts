import type { ResolvedView } from '../definitions/definitions.ts';
import { featureColumn } from '../definitions/feature-column.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import type { Model } from '../definitions/model.ts';
import type { ReleaseManifest } from '../release/release-manifest.ts';
import type { InputViews } from './input-views.ts';

/**
 * Stored inputs of a release that a training set lacks: of another version of their view, or no longer among the
 * model's features. They are joined beside the model's own, so that the release can be judged on the same rows.
 */
export interface BesideView {
  readonly resolved: ResolvedView;
  readonly features: readonly string[];
}

/** In order of the view's name. */
export function besideViews(
  release: Pick<ReleaseManifest, 'inputs' | 'featureViews' | 'onDemandFeatureViews'>,
  model: Model,
  ours: InputViews,
): readonly BesideView[] {
  const lacking = release.inputs.filter((input) => isLacking(input, release, model, ours));
  return release.featureViews.flatMap((resolved) => {
    const features = lacking.filter(({ view }) => view === resolved.view.name).map(({ feature }) => feature);
    return features.length === 0 ? [] : [{ resolved, features }];
  });
}

function isLacking(
  input: FeatureRef,
  release: Pick<ReleaseManifest, 'featureViews' | 'onDemandFeatureViews'>,
  model: Model,
  ours: InputViews,
): boolean {
  if (release.onDemandFeatureViews.some(({ name }) => name === input.view)) return false;
  const isInput = model.features.some(({ view, feature }) => view === input.view && feature === input.feature);
  const versionIn = (views: readonly ResolvedView[]) => views.find(({ view }) => view.name === input.view)?.version;
  return !isInput || versionIn(release.featureViews) !== versionIn(ours.stored);
}

/** Column of such an input in the joined rows; names of definitions never begin like this. */
export function besideColumn(ref: FeatureRef): string {
  return `hg_champion_${featureColumn(ref)}`;
}
