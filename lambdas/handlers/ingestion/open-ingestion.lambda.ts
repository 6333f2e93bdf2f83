import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoTableLog } from '../../adapters/aws/dynamo-table-log.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeOpenIngestion } from './open-ingestion.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET', 'REGISTRY_TABLE']);

export const handler = makeOpenIngestion(
  {
    definitions: bundledDefinitions(import.meta.url),
    objects: s3ObjectStore(s3Client()),
    offlineBucket: env.OFFLINE_BUCKET,
    tables: dynamoTableLog(dynamoClient(), env.REGISTRY_TABLE, systemClock),
    clock: systemClock,
  },
  new Logger({ serviceName: 'ingestion/open-ingestion' }),
);
