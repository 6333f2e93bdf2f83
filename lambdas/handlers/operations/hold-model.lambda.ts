import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { stageEvents } from '../../adapters/aws/model-adapters.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeHoldModel } from './hold-model.ts';

const env = readEnv(process.env, ['REGISTRY_TABLE', 'EVENT_BUS', 'HEADGATE_STAGE']);

export const handler = makeHoldModel(
  {
    registry: dynamoModelRegistry(dynamoClient(), env.REGISTRY_TABLE),
    events: stageEvents(env),
    clock: systemClock,
  },
  new Logger({ serviceName: 'operations/hold-model' }),
);
