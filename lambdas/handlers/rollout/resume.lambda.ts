import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeResumeRollouts } from './resume.ts';

const env = readEnv(process.env, ['REGISTRY_TABLE', 'ROLLOUT_MACHINE_ARN']);

export const handler = makeResumeRollouts({
  registry: dynamoModelRegistry(dynamoClient(), env.REGISTRY_TABLE),
  workflow: stepFunctionsWorkflow(sfnClient(), { rollout: env.ROLLOUT_MACHINE_ARN }),
  clock: systemClock,
});
