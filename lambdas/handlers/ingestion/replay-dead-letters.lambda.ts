import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { ROW_ENV, rowAdapters } from '../../adapters/aws/row-adapters.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { makeReplayDeadLetters } from './replay-dead-letters.ts';

export const handler = makeReplayDeadLetters(
  rowAdapters(readEnv(process.env, ROW_ENV), bundledDefinitions(import.meta.url)),
  new Logger({ serviceName: 'ingestion/replay-dead-letters' }),
);
