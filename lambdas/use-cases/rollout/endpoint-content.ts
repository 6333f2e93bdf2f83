import { sha256Hex } from '../../../core/canonical-json.ts';
import { BugError } from '../../../core/errors.ts';
import { ArtifactChangedError } from '../../../core/release/artifact-changed-error.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { Arm } from '../../../core/release/route.ts';
import { parseS3Uri } from '../../../core/release/s3-uri.ts';
import type { EndpointContent, HostedVariant, VariantScaling } from '../../ports/model-hosting.ts';
import type { RegisteredModel, ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

export interface EndpointContentDeps {
  readonly releases: ReleaseStore;
  readonly artifactBucket: string;
}

/** What the endpoint has to run for these arms. Whoever stands beside the champion has to be able to take all of its traffic. */
export async function endpointContent(
  deps: EndpointContentDeps,
  model: RegisteredModel,
  arms: readonly Arm[],
): Promise<EndpointContent> {
  const manifests = await manifestsOf(deps.releases, arms);
  const { champion } = model.route;
  const fullVariant =
    champion !== null && arms.some((arm) => arm.variant === champion.variant) ? champion.variant : null;
  const variants = arms.map((arm, index): HostedVariant => {
    const { artifact, model: definition } = manifests[index]!; // one manifest per arm
    return {
      ...arm,
      artifactUri: artifact.uri,
      image: artifact.image,
      instanceType: definition.serving.instanceType,
      instanceCount: definition.serving.minInstances,
    };
  });
  const scaling = arms.map(({ variant }, index): VariantScaling => {
    const { minInstances, maxInstances, targetInvocationsPerInstance } = manifests[index]!.model.serving;
    const atLeastAs = fullVariant === null || fullVariant === variant ? null : fullVariant;
    return { variant, minInstances, maxInstances, targetInvocationsPerInstance, atLeastAs };
  });
  const newest = manifests.at(-1);
  if (newest === undefined) throw new BugError('an endpoint needs at least one arm', { model: model.name });
  const samplingPct = newest.model.serving.dataCapturePct;
  return {
    endpointName: model.endpointName,
    executionRoleArn: model.executionRoleArn,
    variants,
    dataCapture: samplingPct === 0 ? null : { samplingPct, uri: `s3://${deps.artifactBucket}/capture/${model.name}/` },
    scaling,
  };
}

/**
 * Reads the artifact of every arm and compares its digest with the one its release was registered with.
 *
 * @throws ArtifactChangedError
 */
export async function verifyArtifacts(
  deps: { readonly releases: ReleaseStore; readonly objects: Pick<ObjectStore, 'get'> },
  arms: readonly Pick<Arm, 'releaseId'>[],
): Promise<void> {
  for (const { artifact } of await manifestsOf(deps.releases, arms)) {
    const found = sha256Hex(await deps.objects.get(parseS3Uri(artifact.uri)));
    if (found !== artifact.sha256) throw new ArtifactChangedError(artifact.uri, artifact.sha256, found);
  }
}

function manifestsOf(releases: ReleaseStore, arms: readonly Pick<Arm, 'releaseId'>[]): Promise<ReleaseManifest[]> {
  return Promise.all(arms.map((arm) => releases.manifest(arm.releaseId)));
}
