import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { hyparquetFiles } from '../../adapters/files/parquet-files.ts';
import { makeCollectBatch } from './collect.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET', ...MODEL_ENV]);

export const handler = makeCollectBatch({
  ...modelAdapters(env),
  parquet: hyparquetFiles,
  offlineBucket: env.OFFLINE_BUCKET,
});
