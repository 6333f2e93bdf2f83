import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoCheckpointLog } from '../../adapters/aws/dynamo-checkpoint-log.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { makeReadCheckpoints } from './read-checkpoints.ts';

const env = readEnv(process.env, ['REGISTRY_TABLE']);
const dynamo = dynamoClient();

export const handler = makeReadCheckpoints(
  {
    registry: dynamoModelRegistry(dynamo, env.REGISTRY_TABLE),
    checkpoints: dynamoCheckpointLog(dynamo, env.REGISTRY_TABLE),
  },
  new Logger({ serviceName: 'audit/read-checkpoints' }),
);
