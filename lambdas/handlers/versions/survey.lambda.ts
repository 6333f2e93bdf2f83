import { readEnv } from '../../../contracts/environment.ts';
import { HOUR_MS } from '../../../core/clock.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { dynamoVersionRegistry } from '../../adapters/aws/dynamo-version-registry.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeSurveyVersions } from './survey.ts';

const env = readEnv(process.env, ['REGISTRY_TABLE', 'ROLLBACK_RELEASES', 'VERSION_GRACE_HOURS']);
const dynamo = dynamoClient();

export const handler = makeSurveyVersions({
  definitions: bundledDefinitions(import.meta.url),
  registry: dynamoModelRegistry(dynamo, env.REGISTRY_TABLE),
  versionRegistry: dynamoVersionRegistry(dynamo, env.REGISTRY_TABLE),
  clock: systemClock,
  graceMs: Number(env.VERSION_GRACE_HOURS) * HOUR_MS,
  rollbackReleases: Number(env.ROLLBACK_RELEASES),
});
