import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeOpenEntityTable } from './open-entity-table.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET']);

export const handler = makeOpenEntityTable(
  { objects: s3ObjectStore(s3Client()), offlineBucket: env.OFFLINE_BUCKET, clock: systemClock },
  new Logger({ serviceName: 'training-sets/open-entity-table' }),
);
