import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters, sagemakerHosting, stageEvents } from '../../adapters/aws/model-adapters.ts';
import { makeEndRollout } from './end.ts';

const env = readEnv(process.env, [...MODEL_ENV, 'EVENT_BUS', 'HEADGATE_STAGE']);

export const handler = makeEndRollout({
  ...modelAdapters(env),
  hosting: sagemakerHosting(),
  events: stageEvents(env),
});
