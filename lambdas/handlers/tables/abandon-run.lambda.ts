import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoTableLog } from '../../adapters/aws/dynamo-table-log.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeAbandonRun } from './abandon-run.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET', 'REGISTRY_TABLE']);

export const handler = makeAbandonRun({
  tables: dynamoTableLog(dynamoClient(), env.REGISTRY_TABLE, systemClock),
  objects: s3ObjectStore(s3Client()),
  offlineBucket: env.OFFLINE_BUCKET,
});
