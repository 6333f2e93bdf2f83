import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoTableLog } from '../../adapters/aws/dynamo-table-log.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { csvRowReader } from '../../adapters/files/csv-row-reader.ts';
import { jsonLinesRowReader } from '../../adapters/files/json-lines-row-reader.ts';
import { hyparquetFiles } from '../../adapters/files/parquet-files.ts';
import { parquetRowReader } from '../../adapters/files/parquet-row-reader.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeLoadTable } from './load-table.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET', 'REGISTRY_TABLE']);

export const handler = makeLoadTable({
  definitions: bundledDefinitions(import.meta.url),
  objects: s3ObjectStore(s3Client()),
  offlineBucket: env.OFFLINE_BUCKET,
  tables: dynamoTableLog(dynamoClient(), env.REGISTRY_TABLE, systemClock),
  parquet: hyparquetFiles,
  readers: { csv: csvRowReader, jsonl: jsonLinesRowReader, parquet: parquetRowReader(hyparquetFiles) },
});
