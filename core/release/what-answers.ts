import type { ReleaseManifest } from './release-manifest.ts';

/** All of a manifest that a prediction depends on: two releases that agree in it give the same answers. */
export function whatAnswers({ artifact, featureViews, onDemandFeatureViews, inputs, model }: ReleaseManifest): object {
  const { decisionThreshold, missing, featureCacheMs } = model.serving;
  return {
    artifact: { sha256: artifact.sha256, image: artifact.image },
    featureViews: featureViews.map(({ view, version }) => ({ name: view.name, version })),
    onDemandFeatureViews: onDemandFeatureViews.map(({ name, request, features }) => ({
      name,
      request,
      features: features.map(({ name: feature, type, sql }) => ({ feature, type, sql })),
    })),
    inputs,
    model: { name: model.name, entity: model.entity, problem: model.problem },
    serving: { decisionThreshold, missing, featureCacheMs },
  };
}
