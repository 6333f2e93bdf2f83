import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoOnlineStore } from '../../adapters/aws/dynamo-online-store.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { bundledViewVersions } from '../../adapters/files/bundled-view-versions.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeGetOnlineFeatures } from './get-online-features.ts';

const env = readEnv(process.env, ['ONLINE_TABLE']);

const definitions = bundledDefinitions(import.meta.url);

export const handler = makeGetOnlineFeatures(
  {
    definitions,
    versions: bundledViewVersions(definitions),
    online: dynamoOnlineStore({
      dynamo: dynamoClient(),
      onlineTable: env.ONLINE_TABLE,
      registryTable: null,
      clock: systemClock,
      random: Math.random,
    }),
    clock: systemClock,
  },
  new Logger({ serviceName: 'serving/get-online-features' }),
);
