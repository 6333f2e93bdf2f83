import { readEnv } from '../../../contracts/environment.ts';
import { SECOND_MS } from '../../../core/clock.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoVersionRegistry } from '../../adapters/aws/dynamo-version-registry.ts';
import { MODEL_ENV, modelAdapters, sagemakerHosting, stageEvents } from '../../adapters/aws/model-adapters.ts';
import { OFFLINE_ENV, offlineAdapters } from '../../adapters/aws/offline-adapters.ts';
import { embeddedMetrics } from '../../adapters/system/embedded-metrics.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeAdvanceRollout } from './advance.ts';

const env = readEnv(process.env, [
  ...OFFLINE_ENV,
  ...MODEL_ENV,
  'EVENT_BUS',
  'HEADGATE_STAGE',
  'ENDPOINT_POLL_SECONDS',
]);

export const handler = makeAdvanceRollout({
  ...offlineAdapters(env),
  ...modelAdapters(env),
  versionRegistry: dynamoVersionRegistry(dynamoClient(), env.REGISTRY_TABLE),
  hosting: sagemakerHosting(),
  events: stageEvents(env),
  metrics: embeddedMetrics(env.HEADGATE_STAGE, systemClock),
  pollMs: Number(env.ENDPOINT_POLL_SECONDS) * SECOND_MS,
});
