import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters, stageEvents } from '../../adapters/aws/model-adapters.ts';
import { sfnClient, stepFunctionsWorkflow } from '../../adapters/aws/step-functions-workflow.ts';
import { makeBeginRollout } from './begin.ts';

const env = readEnv(process.env, [...MODEL_ENV, 'EVENT_BUS', 'HEADGATE_STAGE']);

export const handler = makeBeginRollout({
  ...modelAdapters(env),
  workflow: stepFunctionsWorkflow(sfnClient(), {}),
  events: stageEvents(env),
});
