import { digestOf, type Sha256 } from '../canonical-json.ts';
import type { ReleaseManifest } from './release-manifest.ts';

/**
 * Digest of all that decides what a release answers: model, inputs and their encoding, views with TTL and transforms,
 * serving. Two releases that would answer alike have the same, whenever and on whatever they were trained.
 */
export function candidateDigest(
  manifest: Pick<ReleaseManifest, 'artifact' | 'inputs' | 'featureViews' | 'onDemandFeatureViews' | 'model'>,
): Sha256 {
  const { artifact, inputs, featureViews, onDemandFeatureViews, model } = manifest;
  return digestOf({
    model: model.name,
    artifact: { sha256: artifact.sha256, image: artifact.image },
    inputs,
    views: featureViews.map(({ view, version }) => ({ view: view.name, version, ttlMs: view.ttlMs })),
    onDemand: onDemandFeatureViews,
    serving: model.serving,
  });
}
