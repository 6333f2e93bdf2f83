import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoTableLog } from '../../adapters/aws/dynamo-table-log.ts';
import { dynamoVersionRegistry } from '../../adapters/aws/dynamo-version-registry.ts';
import { stageEvents } from '../../adapters/aws/model-adapters.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeEndRetirement } from './end-retirement.ts';

const env = readEnv(process.env, ['REGISTRY_TABLE', 'EVENT_BUS', 'HEADGATE_STAGE']);
const dynamo = dynamoClient();

export const handler = makeEndRetirement({
  versionRegistry: dynamoVersionRegistry(dynamo, env.REGISTRY_TABLE),
  tables: dynamoTableLog(dynamo, env.REGISTRY_TABLE, systemClock),
  events: stageEvents(env),
  clock: systemClock,
});
