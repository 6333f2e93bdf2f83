import type { FunctionName } from '../functions.ts';
import { allow, type Grant } from './grant.ts';
import { describeExecutions, readReleases, startFlow } from './platform-grants.ts';
import type { PlatformResources } from './resources.ts';
import {
  changeRetraining,
  listBucket,
  readModels,
  readObjects,
  readRuns,
  readTableLogs,
  readViewVersions,
  writeObjects,
} from './storage-grants.ts';

/** What the functions may do that look at what is served, and have it trained again. */
export const WATCH_PERMISSIONS = {
  'skew/start': (to) => [readModels(to.registryTable), startFlow(to, 'skew-audit')],
  'skew/read': (to) => [
    readModels(to.registryTable),
    readObjects(to.artifactBucket, 'skew-audit/'),
    listBucket(to.artifactBucket),
  ],
  'skew/plan': (to) => [readModels(to.registryTable), readTableLogs(to.registryTable), ...readReleases(to)],
  'skew/prepare': (to) => [
    readModels(to.registryTable),
    ...readReleases(to),
    readObjects(to.offlineBucket, 'skew-audit/'),
    writeObjects(to.offlineBucket, 'entity-rows/'),
    listBucket(to.offlineBucket),
  ],
  'skew/judge': (to) => [
    readModels(to.registryTable),
    ...readReleases(to),
    readObjects(to.offlineBucket, 'skew-audit/', 'training-join/'),
    listBucket(to.offlineBucket),
    writeObjects(to.artifactBucket, 'skew-audit/'),
    allow('events:PutEvents', to.eventBus),
  ],
  'drift/start': (to) => [readModels(to.registryTable), startFlow(to, 'drift-scan')],
  'drift/read': (to) => [
    readModels(to.registryTable),
    readObjects(to.artifactBucket, 'drift-scan/'),
    listBucket(to.artifactBucket),
  ],
  'drift/plan': (to) => [
    readModels(to.registryTable),
    readTableLogs(to.registryTable),
    readViewVersions(to.registryTable),
    readObjects(to.artifactBucket, 'drift-scan/', 'release/', 'training-set/'),
    listBucket(to.artifactBucket),
  ],
  'drift/judge': (to) => [
    readModels(to.registryTable),
    readTableLogs(to.registryTable),
    readViewVersions(to.registryTable),
    readObjects(to.offlineBucket, 'drift-scan/'),
    listBucket(to.offlineBucket),
    readObjects(to.artifactBucket, 'drift-scan/', 'release/', 'training-set/'),
    writeObjects(to.artifactBucket, 'drift-scan/'),
    listBucket(to.artifactBucket),
    allow('events:PutEvents', to.eventBus),
  ],
  'retraining/advance': advanceRetraining,
  'retraining/reconcile': advanceRetraining,
  'retraining/read': (to) => [readModels(to.registryTable)],
  'retraining/acknowledge': (to) => [...changeRetraining(to.registryTable), allow('events:PutEvents', to.eventBus)],
} as const satisfies Readonly<
  Record<
    Extract<FunctionName, `drift/${string}` | `retraining/${string}` | `skew/${string}`>,
    (to: PlatformResources) => readonly Grant[]
  >
>;

/** Notes what became of trainings, and starts one. */
function advanceRetraining(to: PlatformResources): readonly Grant[] {
  return [
    ...changeRetraining(to.registryTable),
    readTableLogs(to.registryTable),
    readRuns(to.registryTable),
    readObjects(to.artifactBucket, 'drift-scan/', 'release/'),
    listBucket(to.artifactBucket),
    startFlow(to, 'train'),
    describeExecutions(to, ['train', 'rollout']),
    allow('events:PutEvents', to.eventBus),
  ];
}
