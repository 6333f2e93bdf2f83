import type { EnvName } from '../../../contracts/environment.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import { hyparquetFiles } from '../files/parquet-files.ts';
import { registeredViewVersions } from '../system/registered-view-versions.ts';
import { systemClock } from '../system/system-clock.ts';
import { dynamoClient } from './dynamo-client.ts';
import { dynamoTableLog } from './dynamo-table-log.ts';
import { dynamoVersionRegistry } from './dynamo-version-registry.ts';
import { s3Client } from './s3-client.ts';
import { s3ObjectStore } from './s3-object-store.ts';

/** Variables that `offlineAdapters` reads. */
export const OFFLINE_ENV = [
  'OFFLINE_BUCKET',
  'REGISTRY_TABLE',
  'GLUE_DATABASE',
  'ATHENA_WORKGROUP',
] as const satisfies readonly EnvName[];

/** Offline tables, their files and where they are queried, for functions that compute features and training sets. */
export function offlineAdapters(env: Readonly<Record<(typeof OFFLINE_ENV)[number], string>>) {
  return {
    tables: dynamoTableLog(dynamoClient(), env.REGISTRY_TABLE, systemClock),
    objects: s3ObjectStore(s3Client()),
    parquet: hyparquetFiles,
    clock: systemClock,
    database: env.GLUE_DATABASE,
    workgroup: env.ATHENA_WORKGROUP,
    offlineBucket: env.OFFLINE_BUCKET,
  };
}

/**
 * The live versions of views, and their register.
 *
 * @param keepMs how long an answer is used again; by default not at all, for functions that have to see every change
 */
export function versionAdapters(env: Readonly<Record<'REGISTRY_TABLE', string>>, definitions: Definitions, keepMs = 0) {
  const versionRegistry = dynamoVersionRegistry(dynamoClient(), env.REGISTRY_TABLE);
  const live = { definitions, registry: versionRegistry, clock: systemClock, keepMs };
  return { versionRegistry, versions: registeredViewVersions(live) };
}
