import { canonicalJson } from '../../../core/canonical-json.ts';
import { haveAllPassed, reasonsAgainst } from '../../../core/gates/judge-gates.ts';
import { modelQuality } from '../../../core/release/model-quality.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { ModelPackage, ModelPackages } from '../../ports/model-packages.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

export interface PackageReleaseDeps {
  readonly packages: ModelPackages;
  readonly objects: Pick<ObjectStore, 'putIfAbsent'>;
  readonly artifactBucket: string;
}

/**
 * Shows the release in SageMaker's model registry: approved when every gate passed, rejected otherwise. Which release
 * serves is never written there, because promotion and rollback are events of the model and not of one release.
 */
export async function packageRelease(
  deps: PackageReleaseDeps,
  group: string,
  release: { readonly releaseId: string; readonly uri: string; readonly manifest: ReleaseManifest },
): Promise<ModelPackage> {
  const { releaseId, uri, manifest } = release;
  const { model, artifact, trainingSet, evaluation, verdicts } = manifest;
  const key = `release/${model.name}/${releaseId}/model-quality.json`;
  await deps.objects.putIfAbsent(
    { bucket: deps.artifactBucket, key },
    new TextEncoder().encode(canonicalJson(modelQuality(model, evaluation))),
    'application/json',
  );
  const isApproved = haveAllPassed(verdicts);
  return deps.packages.keep({
    group,
    releaseId,
    artifactUri: artifact.uri,
    image: artifact.image,
    servingInstanceType: model.serving.instanceType,
    isApproved,
    because: isApproved ? 'every gate passed' : reasonsAgainst(verdicts) || 'it was judged by no gate',
    metricsUri: `s3://${deps.artifactBucket}/${key}`,
    metadata: {
      model: model.name,
      releaseId,
      manifestUri: uri,
      artifactSha256: artifact.sha256,
      trainingSetId: trainingSet.trainingSetId,
      platformVersion: manifest.platformVersion,
    },
  });
}
