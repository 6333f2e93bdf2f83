import { readEnv } from '../../../contracts/environment.ts';
import { ingestTablesOf } from '../../../contracts/ingest-tables.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { makePlanTable } from './plan-table.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET', 'GLUE_DATABASE', 'ATHENA_WORKGROUP', 'INGEST_TABLES']);

export const handler = makePlanTable({
  definitions: bundledDefinitions(import.meta.url),
  ingestTables: ingestTablesOf(env.INGEST_TABLES),
  database: env.GLUE_DATABASE,
  workgroup: env.ATHENA_WORKGROUP,
  offlineBucket: env.OFFLINE_BUCKET,
});
