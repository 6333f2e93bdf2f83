import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { makeListDeadLetters } from './list-dead-letters.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET']);

export const handler = makeListDeadLetters(
  {
    definitions: bundledDefinitions(import.meta.url),
    objects: s3ObjectStore(s3Client()),
    offlineBucket: env.OFFLINE_BUCKET,
  },
  new Logger({ serviceName: 'ingestion/list-dead-letters' }),
);
