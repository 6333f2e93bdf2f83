import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { makeReadReleases } from './read.ts';

const env = readEnv(process.env, MODEL_ENV);

export const handler = makeReadReleases(modelAdapters(env), new Logger({ serviceName: 'releases/read' }));
