import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoOnlineStore } from '../../adapters/aws/dynamo-online-store.ts';
import { dynamoPredictionLedger } from '../../adapters/aws/dynamo-prediction-ledger.ts';
import { firehoseClient } from '../../adapters/aws/firehose-client.ts';
import { registryReads } from '../../adapters/aws/registry-reads.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3Documents } from '../../adapters/aws/s3-documents.ts';
import { s3ReleaseStore } from '../../adapters/aws/s3-release-store.ts';
import { sagemakerModelInvoker } from '../../adapters/aws/sagemaker-model-invoker.ts';
import { sagemakerRuntimeClient } from '../../adapters/aws/sagemaker-runtime-client.ts';
import { embeddedMetrics } from '../../adapters/system/embedded-metrics.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { systemTiming } from '../../adapters/system/system-timing.ts';
import { uuidV7Ids } from '../../adapters/system/uuid-v7-ids.ts';
import { makePredict } from './predict.ts';

const env = readEnv(process.env, [
  'ONLINE_TABLE',
  'REGISTRY_TABLE',
  'PREDICTION_TABLE',
  'PREDICTION_STREAM',
  'ARTIFACT_BUCKET',
  'HEADGATE_STAGE',
]);
const dynamo = dynamoClient();
const metrics = embeddedMetrics(env.HEADGATE_STAGE, systemClock);
const registry = registryReads(dynamo, env.REGISTRY_TABLE);

export const handler = makePredict(
  {
    online: dynamoOnlineStore({
      dynamo,
      onlineTable: env.ONLINE_TABLE,
      registryTable: env.REGISTRY_TABLE,
      clock: systemClock,
      random: Math.random,
      metrics,
    }),
    releases: s3ReleaseStore({
      objects: s3Documents(s3Client()),
      bucket: env.ARTIFACT_BUCKET,
      modelOf: async (releaseId) => (await registry.release(releaseId)).model,
    }),
    registry,
    invoker: sagemakerModelInvoker(sagemakerRuntimeClient()),
    ledger: dynamoPredictionLedger({
      dynamo,
      table: env.PREDICTION_TABLE,
      firehose: firehoseClient(),
      predictionStream: env.PREDICTION_STREAM,
      outcomeStream: null,
      clock: systemClock,
    }),
    metrics,
    clock: systemClock,
    timing: systemTiming,
    ids: uuidV7Ids(systemClock),
  },
  new Logger({ serviceName: 'serving/predict' }),
);
