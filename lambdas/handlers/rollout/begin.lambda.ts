import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoTableLog } from '../../adapters/aws/dynamo-table-log.ts';
import { dynamoVersionRegistry } from '../../adapters/aws/dynamo-version-registry.ts';
import { MODEL_ENV, modelAdapters } from '../../adapters/aws/model-adapters.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeBeginRollout } from './begin.ts';

const env = readEnv(process.env, MODEL_ENV);
const dynamo = dynamoClient();

export const handler = makeBeginRollout({
  ...modelAdapters(env),
  versionRegistry: dynamoVersionRegistry(dynamo, env.REGISTRY_TABLE),
  tables: dynamoTableLog(dynamo, env.REGISTRY_TABLE, systemClock),
});
