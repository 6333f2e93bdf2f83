import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoTableLog } from '../../adapters/aws/dynamo-table-log.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeReadReleases } from './read.ts';

const env = readEnv(process.env, MODEL_ENV);

const tables = dynamoTableLog(dynamoClient(), env.REGISTRY_TABLE, systemClock);

export const handler = makeReadReleases(
  { ...modelAdapters(env), tables },
  new Logger({ serviceName: 'releases/read' }),
);
