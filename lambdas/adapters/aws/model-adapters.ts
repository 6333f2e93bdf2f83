import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { SageMakerClient } from '@aws-sdk/client-sagemaker';
import type { EnvName } from '../../../contracts/environment.ts';
import { systemClock } from '../system/system-clock.ts';
import { dynamoClient } from './dynamo-client.ts';
import { dynamoModelRegistry } from './dynamo-model-registry.ts';
import { eventBridgeBus, eventBridgeClient } from './event-bridge-bus.ts';
import { s3Client } from './s3-client.ts';
import { s3ObjectStore } from './s3-object-store.ts';
import { s3ReleaseStore } from './s3-release-store.ts';
import { sagemakerModelHosting } from './sagemaker-model-hosting.ts';
import { sagemakerModelPackages } from './sagemaker-model-packages.ts';

/** Variables that `modelAdapters` reads. */
export const MODEL_ENV = ['REGISTRY_TABLE', 'ARTIFACT_BUCKET'] as const satisfies readonly EnvName[];

/** Registry, releases and artifacts of models, for functions that judge or roll out. */
export function modelAdapters(env: Readonly<Record<(typeof MODEL_ENV)[number], string>>) {
  const registry = dynamoModelRegistry(dynamoClient(), env.REGISTRY_TABLE);
  const objects = s3ObjectStore(s3Client());
  const releases = s3ReleaseStore({
    objects,
    bucket: env.ARTIFACT_BUCKET,
    modelOf: async (releaseId) => (await registry.release(releaseId)).model,
  });
  return { registry, objects, releases, artifactBucket: env.ARTIFACT_BUCKET, clock: systemClock };
}

/** Control-plane calls are few and may be throttled together with everybody else's in the account. */
const PATIENCE = {
  maxAttempts: 5,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;

export function sagemakerHosting() {
  return sagemakerModelHosting(new SageMakerClient(PATIENCE), new ApplicationAutoScalingClient(PATIENCE));
}

/** SageMaker's model registry. */
export function sagemakerPackages() {
  return sagemakerModelPackages(new SageMakerClient(PATIENCE));
}

/** The deployment's event bus. */
export function stageEvents(env: Readonly<Record<'EVENT_BUS' | 'HEADGATE_STAGE', string>>) {
  return eventBridgeBus(eventBridgeClient(), {
    bus: env.EVENT_BUS,
    source: `headgate.${env.HEADGATE_STAGE}`,
    clock: systemClock,
  });
}
