import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoTableLog } from '../../adapters/aws/dynamo-table-log.ts';
import { dynamoVersionRegistry } from '../../adapters/aws/dynamo-version-registry.ts';
import { MODEL_ENV, modelAdapters, stageEvents } from '../../adapters/aws/model-adapters.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { uuidV7Ids } from '../../adapters/system/uuid-v7-ids.ts';
import { makeRollBack } from './roll-back.ts';

const env = readEnv(process.env, [...MODEL_ENV, 'ROLLOUT_MACHINE_ARN', 'EVENT_BUS', 'HEADGATE_STAGE']);
const dynamo = dynamoClient();

export const handler = makeRollBack(
  {
    ...modelAdapters(env),
    versionRegistry: dynamoVersionRegistry(dynamo, env.REGISTRY_TABLE),
    tables: dynamoTableLog(dynamo, env.REGISTRY_TABLE, systemClock),
    workflow: stepFunctionsWorkflow(sfnClient(), { rollout: env.ROLLOUT_MACHINE_ARN }),
    events: stageEvents(env),
    ids: uuidV7Ids(systemClock),
  },
  new Logger({ serviceName: 'operations/roll-back' }),
);
