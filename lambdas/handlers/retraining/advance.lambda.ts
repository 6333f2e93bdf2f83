import { readEnv } from '../../../contracts/environment.ts';
import { RETRAINING_ENV, retrainingAdapters } from '../../adapters/aws/retraining-adapters.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { makeAdvanceRetraining } from './advance.ts';

const env = readEnv(process.env, [...RETRAINING_ENV, 'HEADGATE_STAGE']);

export const handler = makeAdvanceRetraining({
  ...retrainingAdapters(env),
  definitions: bundledDefinitions(import.meta.url),
});
