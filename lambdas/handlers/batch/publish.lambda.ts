import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoOnlineStore } from '../../adapters/aws/dynamo-online-store.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { hyparquetFiles } from '../../adapters/files/parquet-files.ts';
import { embeddedMetrics } from '../../adapters/system/embedded-metrics.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makePublishBatch } from './publish.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET', 'ONLINE_TABLE', 'HEADGATE_STAGE', ...MODEL_ENV]);

export const handler = makePublishBatch({
  ...modelAdapters(env),
  parquet: hyparquetFiles,
  offlineBucket: env.OFFLINE_BUCKET,
  online: dynamoOnlineStore({
    dynamo: dynamoClient(),
    onlineTable: env.ONLINE_TABLE,
    registryTable: null,
    clock: systemClock,
    random: Math.random,
    metrics: embeddedMetrics(env.HEADGATE_STAGE, systemClock),
  }),
});
