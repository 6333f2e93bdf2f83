import { readEnv } from '../../../contracts/environment.ts';
import { SIGNING_ENV, signingAdapters } from '../../adapters/aws/audit-adapters.ts';
import { makeSignCheckpoints } from './checkpoint.ts';

const env = readEnv(process.env, SIGNING_ENV);

export const handler = makeSignCheckpoints(signingAdapters(env));
