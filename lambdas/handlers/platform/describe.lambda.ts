import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { makeDescribe } from './describe.ts';

const env = readEnv(process.env, ['HEADGATE_STAGE', 'HEADGATE_VERSION']);

export const handler = makeDescribe(
  { version: env.HEADGATE_VERSION, stage: env.HEADGATE_STAGE },
  new Logger({ serviceName: 'platform/describe' }),
);
