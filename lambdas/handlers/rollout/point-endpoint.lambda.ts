import { readEnv } from '../../../contracts/environment.ts';
import { MODEL_ENV, modelAdapters, sagemakerHosting } from '../../adapters/aws/model-adapters.ts';
import { makePointEndpoint } from './point-endpoint.ts';

const env = readEnv(process.env, MODEL_ENV);

export const handler = makePointEndpoint({ ...modelAdapters(env), hosting: sagemakerHosting() });
