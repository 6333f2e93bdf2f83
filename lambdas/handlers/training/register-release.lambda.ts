import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters, stageEvents } from '../../adapters/aws/model-adapters.ts';
import { makeRegisterRelease } from './register-release.ts';

const env = readEnv(process.env, [...MODEL_ENV, 'EVENT_BUS', 'HEADGATE_STAGE', 'HEADGATE_VERSION']);

export const handler = makeRegisterRelease({
  ...modelAdapters(env),
  events: stageEvents(env),
  platformVersion: env.HEADGATE_VERSION,
});
