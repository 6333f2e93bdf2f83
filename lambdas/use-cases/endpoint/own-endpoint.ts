import type { EndpointResourceEvent } from '../../../contracts/rollout.ts';
import { restingArms } from '../../../core/rollout/arms.ts';
import { constantModel } from '../../../core/trees/constant-model.ts';
import { writeXgboostModel } from '../../../core/trees/write-xgboost-model.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ModelArchive } from '../../ports/model-archive.ts';
import type { EndpointContent, ModelHostingPort } from '../../ports/model-hosting.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type EndpointContentDeps, endpointContent, verifyArtifacts } from '../rollout/endpoint-content.ts';

export interface OwnEndpointDeps extends EndpointContentDeps {
  readonly registry: ModelRegistry;
  readonly hosting: ModelHostingPort;
  readonly objects: ObjectStore;
  readonly archive: ModelArchive;
  readonly clock: Clock;
}

/**
 * Keeps the endpoint of a model in existence for its stack, and nothing more: creates it when it is absent, adopts
 * it as it is when it is there, removes it with the stack. What runs on it is the rollouts' business, so an endpoint
 * that comes back runs what the route names, and only a model that was never promoted gets the placeholder.
 */
export async function ownEndpoint(
  deps: OwnEndpointDeps,
  event: EndpointResourceEvent,
): Promise<{ readonly endpointName: string }> {
  const wanted = event.ResourceProperties;
  const { endpointName } = wanted;
  if (event.RequestType === 'Delete') {
    await deps.hosting.remove(endpointName);
    return { endpointName };
  }
  await deps.registry.registerModel(
    {
      name: wanted.model,
      endpointName,
      executionRoleArn: wanted.executionRoleArn,
      modelPackageGroup: wanted.modelPackageGroup,
      image: wanted.image,
    },
    {
      action: 'model.registered',
      actor: event.StackId,
      at: deps.clock.now().toISOString(),
      detail: { endpointName, image: wanted.image },
    },
  );
  const model = await deps.registry.model(wanted.model);
  const arms = restingArms(model.route);
  const content = arms.length > 0 ? await endpointContent(deps, model, arms) : await placeholderContent(deps, event);
  const status = await deps.hosting.status(content);
  if (status.state === 'absent') {
    await verifyArtifacts(deps, arms);
    await deps.hosting.pointEndpoint(content);
  }
  return { endpointName };
}

/** A model that answers one half to everybody; the API refuses predictions while it runs. */
async function placeholderContent(
  deps: OwnEndpointDeps,
  { ResourceProperties }: EndpointResourceEvent,
): Promise<EndpointContent> {
  const { endpointName, executionRoleArn, image, instanceType, featureCount, model } = ResourceProperties;
  const booster = writeXgboostModel(constantModel(0.5, featureCount));
  const key = `model/${model}/placeholder-${featureCount}/model.tar.gz`;
  const body = await deps.archive.pack({ 'xgboost-model': new TextEncoder().encode(booster) });
  await deps.objects.put({ bucket: deps.artifactBucket, key }, body, 'application/gzip');
  const artifactUri = `s3://${deps.artifactBucket}/${key}`;
  const variant = {
    variant: 'champion' as const,
    releaseId: 'placeholder',
    artifactUri,
    image,
    instanceType,
    instanceCount: 1,
  };
  return { endpointName, executionRoleArn, variants: [variant], dataCapture: null, scaling: [] };
}
