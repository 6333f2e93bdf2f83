import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { dynamoRetrainingLog } from '../../adapters/aws/dynamo-retraining-log.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeReadRetraining } from './read.ts';

const env = readEnv(process.env, ['REGISTRY_TABLE']);

export const handler = makeReadRetraining(
  {
    definitions: bundledDefinitions(import.meta.url),
    registry: dynamoModelRegistry(dynamoClient(), env.REGISTRY_TABLE),
    log: dynamoRetrainingLog(dynamoClient(), env.REGISTRY_TABLE),
    clock: systemClock,
  },
  new Logger({ serviceName: 'retraining/read' }),
);
