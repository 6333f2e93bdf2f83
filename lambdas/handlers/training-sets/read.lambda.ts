import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeReadTrainingSet } from './read.ts';

const env = readEnv(process.env, ['ARTIFACT_BUCKET']);

export const handler = makeReadTrainingSet(
  { objects: s3ObjectStore(s3Client()), artifactBucket: env.ARTIFACT_BUCKET, clock: systemClock },
  new Logger({ serviceName: 'training-sets/read' }),
);
