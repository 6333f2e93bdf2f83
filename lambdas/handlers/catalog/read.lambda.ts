import { Logger } from '@aws-lambda-powertools/logger';
import { readEnv } from '../../../contracts/environment.ts';
import { dynamoClient } from '../../adapters/aws/dynamo-client.ts';
import { dynamoModelRegistry } from '../../adapters/aws/dynamo-model-registry.ts';
import { dynamoQualityLog } from '../../adapters/aws/dynamo-quality-log.ts';
import { dynamoTableLog } from '../../adapters/aws/dynamo-table-log.ts';
import { dynamoVersionRegistry } from '../../adapters/aws/dynamo-version-registry.ts';
import { s3Client } from '../../adapters/aws/s3-client.ts';
import { s3ObjectStore } from '../../adapters/aws/s3-object-store.ts';
import { s3ReleaseStore } from '../../adapters/aws/s3-release-store.ts';
import { bundledDefinitions } from '../../adapters/files/bundled-definitions.ts';
import { systemClock } from '../../adapters/system/system-clock.ts';
import { makeReadCatalog } from './read.ts';

const env = readEnv(process.env, ['REGISTRY_TABLE', 'ARTIFACT_BUCKET', 'ROLLBACK_RELEASES', 'VERSION_GRACE_HOURS']);
const dynamo = dynamoClient();
const objects = s3ObjectStore(s3Client());
const registry = dynamoModelRegistry(dynamo, env.REGISTRY_TABLE);

export const handler = makeReadCatalog(
  {
    definitions: bundledDefinitions(import.meta.url),
    tables: dynamoTableLog(dynamo, env.REGISTRY_TABLE, systemClock),
    qualityLog: dynamoQualityLog(dynamo, env.REGISTRY_TABLE),
    registry,
    versionRegistry: dynamoVersionRegistry(dynamo, env.REGISTRY_TABLE),
    rollbackReleases: Number(env.ROLLBACK_RELEASES),
    versionGraceHours: Number(env.VERSION_GRACE_HOURS),
    objects,
    artifactBucket: env.ARTIFACT_BUCKET,
    releases: s3ReleaseStore({
      objects,
      bucket: env.ARTIFACT_BUCKET,
      modelOf: async (releaseId) => (await registry.release(releaseId)).model,
    }),
    clock: systemClock,
  },
  new Logger({ serviceName: 'catalog/read' }),
);
