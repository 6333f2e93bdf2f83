import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { dynamoRetrainingLog } from '../../adapters/aws/dynamo-retraining-log.ts';
import { stageEvents } from '../../adapters/aws/model-adapters.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { embeddedMetrics } from '../../adapters/system/embedded-metrics.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeAcknowledgeRetraining } from './acknowledge.ts';

const env = readEnv(process.env, ['REGISTRY_TABLE', 'EVENT_BUS', 'HEADGATE_STAGE']);

export const handler = makeAcknowledgeRetraining(
  {
    definitions: bundledDefinitions(import.meta.url),
    registry: dynamoModelRegistry(dynamoClient(), env.REGISTRY_TABLE),
    log: dynamoRetrainingLog(dynamoClient(), env.REGISTRY_TABLE),
    events: stageEvents(env),
    metrics: embeddedMetrics(env.HEADGATE_STAGE, systemClock),
    clock: systemClock,
  },
  new Logger({ serviceName: 'retraining/acknowledge' }),
);
