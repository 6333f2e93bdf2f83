import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoTableLog } from '../../adapters/aws/dynamo-table-log.ts';
import { versionAdapters } from '../../adapters/aws/offline-adapters.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { embeddedMetrics } from '../../adapters/system/embedded-metrics.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeMeasureFreshness } from './measure-freshness.ts';

const env = readEnv(process.env, ['REGISTRY_TABLE', 'HEADGATE_STAGE']);

export const handler = makeMeasureFreshness({
  versions: versionAdapters(env, bundledDefinitions(import.meta.url)).versions,
  tables: dynamoTableLog(dynamoClient(), env.REGISTRY_TABLE, systemClock),
  metrics: embeddedMetrics(env.HEADGATE_STAGE, systemClock),
  clock: systemClock,
});
