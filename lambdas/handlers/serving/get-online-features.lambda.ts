import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoOnlineStore } from '../../adapters/aws/dynamo-online-store.ts';
import { dynamoVersionRegistry } from '../../adapters/aws/dynamo-version-registry.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { embeddedMetrics } from '../../adapters/system/embedded-metrics.ts';
import { registeredViewVersions, SERVING_KEEP_MS } from '../../adapters/system/registered-view-versions.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeGetOnlineFeatures } from './get-online-features.ts';

const env = readEnv(process.env, ['ONLINE_TABLE', 'REGISTRY_TABLE', 'HEADGATE_STAGE']);
const dynamo = dynamoClient();
const definitions = bundledDefinitions(import.meta.url);

export const handler = makeGetOnlineFeatures(
  {
    definitions,
    versions: registeredViewVersions({
      definitions,
      registry: dynamoVersionRegistry(dynamo, env.REGISTRY_TABLE),
      clock: systemClock,
      keepMs: SERVING_KEEP_MS,
    }),
    online: dynamoOnlineStore({
      dynamo,
      onlineTable: env.ONLINE_TABLE,
      registryTable: null,
      clock: systemClock,
      random: Math.random,
      metrics: embeddedMetrics(env.HEADGATE_STAGE, systemClock),
    }),
    clock: systemClock,
  },
  new Logger({ serviceName: 'serving/get-online-features' }),
);
