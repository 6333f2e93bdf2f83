import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { makeReadLeakChecks } from './read-leak-checks.ts';

const env = readEnv(process.env, MODEL_ENV);

export const handler = makeReadLeakChecks(modelAdapters(env), new Logger({ serviceName: 'training/read-leak-checks' }));
