import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoOnlineStore } from '../../adapters/aws/dynamo-online-store.ts';
import { OFFLINE_ENV, offlineAdapters, versionAdapters } from '../../adapters/aws/offline-adapters.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { embeddedMetrics } from '../../adapters/system/embedded-metrics.ts';
import { makeWriteOnline } from './write-online.ts';

const env = readEnv(process.env, [...OFFLINE_ENV, 'ONLINE_TABLE', 'HEADGATE_STAGE']);

const adapters = offlineAdapters(env);

export const handler = makeWriteOnline({
  ...adapters,
  online: dynamoOnlineStore({
    dynamo: dynamoClient(),
    onlineTable: env.ONLINE_TABLE,
    registryTable: null,
    clock: adapters.clock,
    random: Math.random,
    metrics: embeddedMetrics(env.HEADGATE_STAGE, adapters.clock),
  }),
  ...versionAdapters(env, bundledDefinitions(import.meta.url)),
});
