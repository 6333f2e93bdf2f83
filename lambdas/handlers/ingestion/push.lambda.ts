import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoOnlineStore } from '../../adapters/aws/dynamo-online-store.ts';
import { dynamoTableLog } from '../../adapters/aws/dynamo-table-log.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { hyparquetFiles } from '../../adapters/files/parquet-files.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makePush } from './push.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET', 'REGISTRY_TABLE', 'ONLINE_TABLE']);
const dynamo = dynamoClient();

export const handler = makePush(
  {
    definitions: bundledDefinitions(import.meta.url),
    objects: s3ObjectStore(s3Client()),
    offlineBucket: env.OFFLINE_BUCKET,
    tables: dynamoTableLog(dynamo, env.REGISTRY_TABLE, systemClock),
    online: dynamoOnlineStore({
      dynamo,
      onlineTable: env.ONLINE_TABLE,
      registryTable: null,
      clock: systemClock,
      random: Math.random,
    }),
    parquet: hyparquetFiles,
    clock: systemClock,
    pause,
  },
  new Logger({ serviceName: 'ingestion/push' }),
);
