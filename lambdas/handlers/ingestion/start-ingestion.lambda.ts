import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { makeStartIngestion } from './start-ingestion.ts';

const env = readEnv(process.env, ['OFFLINE_BUCKET', 'INGEST_MACHINE_ARN']);

export const handler = makeStartIngestion(
  {
    definitions: bundledDefinitions(import.meta.url),
    objects: s3ObjectStore(s3Client()),
    offlineBucket: env.OFFLINE_BUCKET,
    workflow: stepFunctionsWorkflow(sfnClient(), { ingest: env.INGEST_MACHINE_ARN }),
  },
  new Logger({ serviceName: 'ingestion/start-ingestion' }),
);
