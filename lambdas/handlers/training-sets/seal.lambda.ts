import { readEnv } from '../../../contracts/environment.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { hyparquetFiles } from '../../adapters/files/parquet-files.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeSealParts } from './seal.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET']);

export const handler = makeSealParts({
  objects: s3ObjectStore(s3Client()),
  parquet: hyparquetFiles,
  clock: systemClock,
  offlineBucket: env.OFFLINE_BUCKET,
  artifactBucket: env.ARTIFACT_BUCKET,
});
