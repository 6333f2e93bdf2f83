import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { stageEvents } from '../../adapters/aws/model-adapters.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { embeddedMetrics } from '../../adapters/system/embedded-metrics.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeAskApproval } from './ask-approval.ts';

const env = readEnv(process.env, ['REGISTRY_TABLE', 'EVENT_BUS', 'HEADGATE_STAGE']);

export const handler = makeAskApproval({
  registry: dynamoModelRegistry(dynamoClient(), env.REGISTRY_TABLE),
  workflow: stepFunctionsWorkflow(sfnClient(), {}),
  events: stageEvents(env),
  metrics: embeddedMetrics(env.HEADGATE_STAGE, systemClock),
});
