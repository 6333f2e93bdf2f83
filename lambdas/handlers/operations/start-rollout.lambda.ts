import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { uuidV7Ids } from '../../adapters/system/uuid-v7-ids.ts';
import { makeStartRollout } from './start-rollout.ts';

const env = readEnv(process.env, ['ROLLOUT_MACHINE_ARN', 'REGISTRY_TABLE']);

export const handler = makeStartRollout(
  {
    registry: dynamoModelRegistry(dynamoClient(), env.REGISTRY_TABLE),
    workflow: stepFunctionsWorkflow(sfnClient(), { rollout: env.ROLLOUT_MACHINE_ARN }),
    ids: uuidV7Ids(systemClock),
    clock: systemClock,
  },
  new Logger({ serviceName: 'operations/start-rollout' }),
);
