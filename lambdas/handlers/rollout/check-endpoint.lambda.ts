import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters, sagemakerHosting } from '../../adapters/aws/model-adapters.ts';
import { makeCheckEndpoint } from './check-endpoint.ts';

const env = readEnv(process.env, MODEL_ENV);

export const handler = makeCheckEndpoint({ ...modelAdapters(env), hosting: sagemakerHosting() });
