import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { OFFLINE_ENV, offlineAdapters } from '../../adapters/aws/offline-adapters.ts';
import { csvRowReader } from '../../adapters/files/csv-row-reader.ts';
import { jsonLinesRowReader } from '../../adapters/files/json-lines-row-reader.ts';
import { hyparquetFiles } from '../../adapters/files/parquet-files.ts';
import { parquetRowReader } from '../../adapters/files/parquet-row-reader.ts';
import { makePrepareBatch } from './prepare.ts';

const env = readEnv(process.env, [...OFFLINE_ENV, ...MODEL_ENV]);

export const handler = makePrepareBatch({
  ...offlineAdapters(env),
  ...modelAdapters(env),
  readers: { csv: csvRowReader, jsonl: jsonLinesRowReader, parquet: parquetRowReader(hyparquetFiles) },
});
