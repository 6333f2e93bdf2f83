import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters, sagemakerHosting } from '../../adapters/aws/model-adapters.ts';
import { makeFlipRoute } from './flip-route.ts';

const env = readEnv(process.env, MODEL_ENV);

export const handler = makeFlipRoute({ ...modelAdapters(env), hosting: sagemakerHosting() });
