import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { makeListBatches } from './list.ts';

const env = readEnv(process.env, MODEL_ENV);

export const handler = makeListBatches(modelAdapters(env), new Logger({ serviceName: 'batch/list' }));
