import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoQualityLog } from '../../adapters/aws/dynamo-quality-log.ts';
import { stageEvents } from '../../adapters/aws/model-adapters.ts';
import { OFFLINE_ENV, offlineAdapters, versionAdapters } from '../../adapters/aws/offline-adapters.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { embeddedMetrics } from '../../adapters/system/embedded-metrics.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeCheckMaterialization } from './check.ts';

const env = readEnv(process.env, [...OFFLINE_ENV, 'EVENT_BUS', 'HEADGATE_STAGE']);

export const handler = makeCheckMaterialization({
  ...offlineAdapters(env),
  ...versionAdapters(env, bundledDefinitions(import.meta.url)),
  qualityLog: dynamoQualityLog(dynamoClient(), env.REGISTRY_TABLE),
  events: stageEvents(env),
  metrics: embeddedMetrics(env.HEADGATE_STAGE, systemClock),
});
