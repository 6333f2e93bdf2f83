import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { uuidV7Ids } from '../../adapters/system/uuid-v7-ids.ts';
import { makeStartDriftScan } from './start.ts';

const env = readEnv(process.env, ['DRIFT_SCAN_MACHINE_ARN', 'REGISTRY_TABLE']);

export const handler = makeStartDriftScan(
  {
    definitions: bundledDefinitions(import.meta.url),
    registry: dynamoModelRegistry(dynamoClient(), env.REGISTRY_TABLE),
    workflow: stepFunctionsWorkflow(sfnClient(), { 'drift-scan': env.DRIFT_SCAN_MACHINE_ARN }),
    ids: uuidV7Ids(systemClock),
    clock: systemClock,
  },
  new Logger({ serviceName: 'drift/start' }),
);
