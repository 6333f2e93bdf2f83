import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { OFFLINE_ENV, offlineAdapters } from '../../adapters/aws/offline-adapters.ts';
import { makePlanBatch } from './plan.ts';

const env = readEnv(process.env, [...OFFLINE_ENV, ...MODEL_ENV]);

export const handler = makePlanBatch({ ...offlineAdapters(env), ...modelAdapters(env) });
