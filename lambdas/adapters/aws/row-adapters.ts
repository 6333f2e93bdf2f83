import { setTimeout as pause } from 'node:timers/promises';
import type { EnvName } from '../../../contracts/environment.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import { hyparquetFiles } from '../files/parquet-files.ts';
import { embeddedMetrics } from '../system/embedded-metrics.ts';
import { SERVING_KEEP_MS } from '../system/registered-view-versions.ts';
import { systemClock } from '../system/system-clock.ts';
import { dynamoClient } from './dynamo-client.ts';
import { dynamoOnlineStore } from './dynamo-online-store.ts';
import { dynamoTableLog } from './dynamo-table-log.ts';
import { versionAdapters } from './offline-adapters.ts';
import { s3Client } from './s3-client.ts';
import { s3ObjectStore } from './s3-object-store.ts';

/** Variables that `rowAdapters` reads. */
export const ROW_ENV = [
  'OFFLINE_BUCKET',
  'REGISTRY_TABLE',
  'ONLINE_TABLE',
  'HEADGATE_STAGE',
] as const satisfies readonly EnvName[];

/** Both stores, for functions that take rows one by one or in small batches. */
export function rowAdapters(env: Readonly<Record<(typeof ROW_ENV)[number], string>>, definitions: Definitions) {
  const dynamo = dynamoClient();
  const metrics = embeddedMetrics(env.HEADGATE_STAGE, systemClock);
  return {
    definitions,
    versions: versionAdapters(env, definitions, SERVING_KEEP_MS).versions,
    objects: s3ObjectStore(s3Client()),
    offlineBucket: env.OFFLINE_BUCKET,
    tables: dynamoTableLog(dynamo, env.REGISTRY_TABLE, systemClock),
    online: dynamoOnlineStore({
      dynamo,
      onlineTable: env.ONLINE_TABLE,
      registryTable: null,
      clock: systemClock,
      random: Math.random,
      metrics,
    }),
    parquet: hyparquetFiles,
    metrics,
    clock: systemClock,
    pause,
  };
}
