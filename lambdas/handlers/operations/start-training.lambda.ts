import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { RETRAINING_ENV, retrainingAdapters } from '../../adapters/aws/retraining-adapters.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { uuidV7Ids } from '../../adapters/system/uuid-v7-ids.ts';
import { makeStartTraining } from './start-training.ts';

const env = readEnv(process.env, [...RETRAINING_ENV, 'HEADGATE_STAGE']);

export const handler = makeStartTraining(
  {
    ...retrainingAdapters(env),
    definitions: bundledDefinitions(import.meta.url),
    ids: uuidV7Ids(systemClock),
  },
  new Logger({ serviceName: 'operations/start-training' }),
);
