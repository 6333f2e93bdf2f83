import type { FunctionName } from '../functions.ts';
import { allow, type Grant } from './grant.ts';
import { readReleases, startFlow } from './platform-grants.ts';
import type { PlatformResources } from './resources.ts';
import { deleteObjects, listBucket, readModels, readObjects, readTableLogs, writeObjects } from './storage-grants.ts';

/** What the functions of the flow `batch-predict` may do, and those that start and list it. */
export const BATCH_PERMISSIONS = {
  'batch/start': (to) => [
    readModels(to.registryTable),
    ...readReleases(to),
    readObjects(to.offlineBucket, 'entity-table/'),
    listBucket(to.offlineBucket),
    startFlow(to, 'batch-predict'),
  ],
  'batch/list': (to) => [
    readModels(to.registryTable),
    readObjects(to.artifactBucket, 'batch-prediction/', 'batch-report/'),
    listBucket(to.artifactBucket),
  ],
  'batch/plan': (to) => [readModels(to.registryTable), readTableLogs(to.registryTable), ...readReleases(to)],
  'batch/prepare': (to) => [
    readModels(to.registryTable),
    ...readReleases(to),
    readObjects(to.offlineBucket, 'batch-entities/', 'entity-table/'),
    writeObjects(to.offlineBucket, 'entity-rows/'),
    listBucket(to.offlineBucket),
  ],
  'batch/encode': (to) => [
    readModels(to.registryTable),
    readObjects(to.artifactBucket, 'model/', 'release/'),
    writeObjects(to.artifactBucket, 'batch-input/'),
    listBucket(to.artifactBucket),
    readObjects(to.offlineBucket, 'batch-part/', 'entity-rows/', 'training-join/'),
    writeObjects(to.offlineBucket, 'batch-part/'),
    listBucket(to.offlineBucket),
  ],
  'batch/collect': (to) => [
    readModels(to.registryTable),
    readObjects(to.artifactBucket, 'batch-output/', 'release/'),
    writeObjects(to.artifactBucket, 'batch-prediction/'),
    listBucket(to.artifactBucket),
    readObjects(to.offlineBucket, 'batch-part/', 'entity-rows/'),
    writeObjects(to.offlineBucket, 'batch-part/'),
    listBucket(to.offlineBucket),
  ],
  'batch/publish': (to) => [
    readModels(to.registryTable),
    readObjects(to.artifactBucket, 'batch-input/', 'batch-output/', 'release/'),
    listBucket(to.artifactBucket),
    readObjects(to.offlineBucket, 'batch-part/', 'entity-rows/'),
    listBucket(to.offlineBucket),
    allow('dynamodb:PutItem', to.onlineTable),
  ],
  'batch/finish': (to) => [
    readModels(to.registryTable),
    ...readReleases(to),
    readObjects(to.offlineBucket, 'batch-part/'),
    listBucket(to.offlineBucket),
    writeObjects(to.artifactBucket, 'batch-prediction/', 'batch-report/'),
    deleteObjects(to.artifactBucket, 'batch-input/', 'batch-output/'),
    allow('events:PutEvents', to.eventBus),
  ],
  'batch/abandon': (to) => [
    readObjects(to.artifactBucket, 'batch-prediction/'),
    deleteObjects(to.artifactBucket, 'batch-input/', 'batch-output/', 'batch-prediction/'),
    listBucket(to.artifactBucket),
  ],
} as const satisfies Readonly<
  Record<Extract<FunctionName, `batch/${string}`>, (to: PlatformResources) => readonly Grant[]>
>;
