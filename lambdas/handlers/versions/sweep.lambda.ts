import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoOnlineSweep } from '../../adapters/aws/dynamo-online-sweep.ts';
import { dynamoVersionRegistry } from '../../adapters/aws/dynamo-version-registry.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeSweepVersions } from './sweep.ts';

const env = readEnv(process.env, ['REGISTRY_TABLE', 'ONLINE_TABLE']);
const dynamo = dynamoClient();

export const handler = makeSweepVersions({
  versionRegistry: dynamoVersionRegistry(dynamo, env.REGISTRY_TABLE),
  sweep: dynamoOnlineSweep(dynamo, env.ONLINE_TABLE),
  clock: systemClock,
});
