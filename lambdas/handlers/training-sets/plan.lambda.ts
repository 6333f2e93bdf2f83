import { readEnv } from '../../../contracts/environment.ts';
import { OFFLINE_ENV, offlineAdapters } from '../../adapters/aws/offline-adapters.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { csvRowReader } from '../../adapters/files/csv-row-reader.ts';
import { jsonLinesRowReader } from '../../adapters/files/json-lines-row-reader.ts';
import { hyparquetFiles } from '../../adapters/files/parquet-files.ts';
import { parquetRowReader } from '../../adapters/files/parquet-row-reader.ts';
import { makePlanTrainingSet } from './plan.ts';

const env = readEnv(process.env, [...OFFLINE_ENV, 'ARTIFACT_BUCKET']);

export const handler = makePlanTrainingSet({
  ...offlineAdapters(env),
  definitions: bundledDefinitions(import.meta.url),
  artifactBucket: env.ARTIFACT_BUCKET,
  readers: { csv: csvRowReader, jsonl: jsonLinesRowReader, parquet: parquetRowReader(hyparquetFiles) },
});
