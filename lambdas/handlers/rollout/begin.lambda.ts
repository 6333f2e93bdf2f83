import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { makeBeginRollout } from './begin.ts';

const env = readEnv(process.env, MODEL_ENV);

export const handler = makeBeginRollout(modelAdapters(env));
