import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { ingestTablesOf } from '../../../contracts/ingest-tables.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { uuidV7Ids } from '../../adapters/system/uuid-v7-ids.ts';
import { makeStartTableIngestion } from './start-table-ingestion.ts';

const env = readEnv(process.env, ['INGEST_TABLES', 'INGEST_TABLE_MACHINE_ARN']);

export const handler = makeStartTableIngestion(
  {
    definitions: bundledDefinitions(import.meta.url),
    ingestTables: ingestTablesOf(env.INGEST_TABLES),
    workflow: stepFunctionsWorkflow(sfnClient(), { 'ingest-table': env.INGEST_TABLE_MACHINE_ARN }),
    ids: uuidV7Ids(systemClock),
  },
  new Logger({ serviceName: 'ingestion/start-table-ingestion' }),
);
