import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { makeReadSkewAudits } from './read.ts';

const env = readEnv(process.env, MODEL_ENV);

export const handler = makeReadSkewAudits(modelAdapters(env), new Logger({ serviceName: 'skew/read' }));
