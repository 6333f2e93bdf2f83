import { readEnv } from '../../../contracts/environment.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { makeAbandonBatch } from './abandon.ts';

const env = readEnv(process.env, ['ARTIFACT_BUCKET']);

export const handler = makeAbandonBatch({
  objects: s3ObjectStore(s3Client()),
  artifactBucket: env.ARTIFACT_BUCKET,
});
