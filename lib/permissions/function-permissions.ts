import { FLOWS } from '../../contracts/flows.ts';
import type { FunctionName } from '../functions.ts';
import { BATCH_PERMISSIONS } from './batch-permissions.ts';
import { allow, type Grant } from './grant.ts';
import {
  describeHosting,
  keepModelPackages,
  pointEndpoints,
  removeEndpoints,
  scaleVariants,
} from './hosting-grants.ts';
import { describeExecutions, readReleases, readTrainingSets, startFlow, wakeFlow } from './platform-grants.ts';
import type { PlatformResources } from './resources.ts';
import {
  addCheckpoints,
  changeModels,
  changeRetraining,
  changeTableLogs,
  changeViewVersions,
  deleteObjects,
  findViewVersions,
  listBucket,
  noteOnlineProgress,
  readCheckpoints,
  readModels,
  readObjects,
  readRoutesInBatches,
  readRuns,
  readTableLogs,
  readViewVersions,
  reportQuality,
  writeObjects,
} from './storage-grants.ts';
import { WATCH_PERMISSIONS } from './watch-permissions.ts';

type GrantsOf = (to: PlatformResources) => readonly Grant[];

/** What each function may do beside logging and tracing; test/infra/function-permissions.test.ts lists the actions. */
export const FUNCTION_PERMISSIONS: Readonly<Record<FunctionName, GrantsOf>> = {
  'serving/predict': (to) => [
    allow('dynamodb:BatchGetItem', to.onlineTable),
    readRoutesInBatches(to.registryTable),
    readModels(to.registryTable),
    allow('dynamodb:PutItem', to.predictionTable),
    allow('firehose:PutRecord', to.predictionStream),
    allow('sagemaker:InvokeEndpoint', to.sagemaker.endpoints, {
      because: 'one function serves every model: the wildcard ends the beginning of this stage’s endpoint names',
    }),
    ...readReleases(to),
  ],
  'serving/get-online-features': (to) => [
    allow('dynamodb:BatchGetItem', to.onlineTable),
    readViewVersions(to.registryTable),
  ],
  'serving/get-prediction': (to) => [allow('dynamodb:Query', to.predictionTable)],
  'serving/record-outcomes': (to) => [
    allow(['dynamodb:PutItem', 'dynamodb:Query'], to.predictionTable),
    readModels(to.registryTable),
    allow('firehose:PutRecord', to.outcomeStream),
  ],

  'ingestion/push': storeRows,
  'ingestion/consume-stream': (to) => [
    ...storeRows(to),
    readRuns(to.registryTable),
    // `aws/lambda/` is where Lambda puts what it gives up, with the function's role
    writeObjects(to.offlineBucket, 'aws/lambda/', 'dead-letter/open/'),
    allow(
      [
        'kinesis:DescribeStream',
        'kinesis:DescribeStreamSummary',
        'kinesis:GetRecords',
        'kinesis:GetShardIterator',
        'kinesis:ListShards',
      ],
      to.eventStream,
    ),
  ],
  'ingestion/list-dead-letters': (to) => [
    readObjects(to.offlineBucket, 'dead-letter/open/'),
    listBucket(to.offlineBucket),
  ],
  'ingestion/replay-dead-letters': (to) => [
    ...storeRows(to),
    readRuns(to.registryTable),
    readObjects(to.offlineBucket, 'aws/lambda/', 'dead-letter/open/'),
    writeObjects(to.offlineBucket, 'dead-letter/open/', 'dead-letter/replayed/'),
    deleteObjects(to.offlineBucket, 'aws/lambda/', 'dead-letter/open/'),
  ],
  'ingestion/open-ingestion': (to) => [
    readTableLogs(to.registryTable),
    readObjects(to.offlineBucket, 'landing/'),
    writeObjects(to.offlineBucket, 'landing/'),
    listBucket(to.offlineBucket),
  ],
  'ingestion/start-ingestion': (to) => [
    readObjects(to.offlineBucket, 'landing/'),
    listBucket(to.offlineBucket),
    startFlow(to, 'ingest'),
    describeExecutions(to, ['ingest']),
  ],
  'ingestion/load-file': loadFiles,
  'ingestion/start-table-ingestion': (to) => [startFlow(to, 'ingest-table')],
  'ingestion/plan-table': () => [],
  'ingestion/load-table': loadFiles,
  'tables/abandon-run': (to) => [
    changeTableLogs(to.registryTable),
    deleteObjects(to.offlineBucket, 'quality/', 'quarantine/view/', 'source/', 'view/'),
    listBucket(to.offlineBucket),
  ],

  'materialization/plan': (to) => [
    changeTableLogs(to.registryTable),
    changeViewVersions(to.registryTable),
    deleteObjects(to.offlineBucket, 'quality/', 'quarantine/view/', 'source/', 'view/'),
    listBucket(to.offlineBucket),
  ],
  'materialization/check': (to) => [
    readViewVersions(to.registryTable),
    reportQuality(to.registryTable),
    readObjects(to.offlineBucket, 'quality/'),
    listBucket(to.offlineBucket),
    allow('events:PutEvents', to.eventBus),
  ],
  'materialization/commit': (to) => [
    changeTableLogs(to.registryTable),
    readViewVersions(to.registryTable),
    readObjects(to.offlineBucket, 'view/'),
    listBucket(to.offlineBucket),
  ],
  'materialization/write-online': (to) => [
    readViewVersions(to.registryTable),
    noteOnlineProgress(to.registryTable),
    allow(['dynamodb:BatchGetItem', 'dynamodb:PutItem'], to.onlineTable),
    readObjects(to.offlineBucket, 'online-export/'),
    listBucket(to.offlineBucket),
  ],

  'training/plan': (to) => [
    readModels(to.registryTable),
    readTableLogs(to.registryTable),
    readObjects(to.artifactBucket, 'release/', 'training-set/'),
    listBucket(to.artifactBucket),
  ],
  'training/seal': (to) => [
    readModels(to.registryTable),
    readObjects(to.offlineBucket, 'training-join/'),
    listBucket(to.offlineBucket),
    readObjects(to.artifactBucket, 'release/'),
    writeObjects(to.artifactBucket, 'training-set/'),
    listBucket(to.artifactBucket),
  ],
  'training/prepare-evaluation': (to) => [
    readModels(to.registryTable),
    readObjects(to.artifactBucket, 'model/', 'release/', 'training-output/', 'training-set/'),
    writeObjects(to.artifactBucket, 'model/'),
    listBucket(to.artifactBucket),
  ],
  'training/register-release': (to) => [
    changeModels(to.registryTable),
    readObjects(to.artifactBucket, 'evaluation/', 'model/', 'release/', 'skew-audit/', 'training-set/'),
    writeObjects(to.artifactBucket, 'release/'),
    listBucket(to.artifactBucket),
    ...keepModelPackages(to.sagemaker),
    allow('events:PutEvents', to.eventBus),
  ],
  'training/measure-leak': (to) => [
    readModels(to.registryTable),
    readObjects(to.offlineBucket, 'training-join/'),
    listBucket(to.offlineBucket),
    readObjects(to.artifactBucket, 'evaluation/', 'release/', 'training-set/'),
    writeObjects(to.artifactBucket, 'leak-check/'),
    listBucket(to.artifactBucket),
  ],
  'training/read-leak-checks': (to) => [
    readModels(to.registryTable),
    readObjects(to.artifactBucket, 'leak-check/'),
    listBucket(to.artifactBucket),
  ],

  'training-sets/open-entity-table': (to) => [
    readObjects(to.offlineBucket, 'entity-table/'),
    writeObjects(to.offlineBucket, 'entity-table/'),
    listBucket(to.offlineBucket),
  ],
  'training-sets/start': (to) => [
    readObjects(to.offlineBucket, 'entity-table/'),
    listBucket(to.offlineBucket),
    ...readTrainingSets(to),
    startFlow(to, 'training-set'),
  ],
  'training-sets/read': (to) => [...readTrainingSets(to)],
  ...BATCH_PERMISSIONS,
  ...WATCH_PERMISSIONS,
  'training-sets/plan': (to) => [
    readTableLogs(to.registryTable),
    readObjects(to.offlineBucket, 'entity-table/'),
    writeObjects(to.offlineBucket, 'entity-rows/', 'training-set-part/'),
    listBucket(to.offlineBucket),
    ...readTrainingSets(to),
  ],
  'training-sets/seal': (to) => [
    readObjects(to.offlineBucket, 'entity-rows/', 'training-join/', 'training-set-part/'),
    writeObjects(to.offlineBucket, 'training-set-part/'),
    listBucket(to.offlineBucket),
    ...readTrainingSets(to),
    writeObjects(to.artifactBucket, 'training-set/'),
  ],

  'rollout/begin': (to) => [
    changeModels(to.registryTable),
    ...readReleases(to),
    wakeFlow(to, 'rollout'),
    allow('events:PutEvents', to.eventBus),
  ],
  'rollout/advance': (to) => [
    changeModels(to.registryTable),
    changeViewVersions(to.registryTable),
    readTableLogs(to.registryTable),
    readObjects(to.artifactBucket, 'model/', 'release/'),
    writeObjects(to.artifactBucket, 'rollout/'),
    listBucket(to.artifactBucket),
    readObjects(to.offlineBucket, 'rollout-counts/'),
    listBucket(to.offlineBucket),
    ...describeHosting(to.sagemaker),
    allow('events:PutEvents', to.eventBus),
  ],
  'rollout/point-endpoint': (to) => [
    changeModels(to.registryTable),
    ...readReleases(to),
    readObjects(to.artifactBucket, 'model/'),
    ...pointEndpoints(to.sagemaker),
    ...scaleVariants(to.sagemaker),
  ],
  'rollout/ask-approval': (to) => [
    changeModels(to.registryTable),
    wakeFlow(to, 'rollout'),
    allow('events:PutEvents', to.eventBus),
  ],
  'rollout/resume': (to) => [readModels(to.registryTable), startFlow(to, 'rollout')],
  'rollout/replay': (to) => [
    readModels(to.registryTable),
    readObjects(to.artifactBucket, 'release/', 'rollout/', 'training-set/'),
    writeObjects(to.artifactBucket, 'rollout/'),
    listBucket(to.artifactBucket),
    allow('sagemaker:InvokeEndpoint', to.sagemaker.endpoints, {
      because: 'one function replays for every model: the wildcard ends the beginning of this stage’s endpoint names',
    }),
  ],
  'versions/survey': (to) => [readModels(to.registryTable), changeViewVersions(to.registryTable)],
  'versions/sweep': (to) => [
    changeViewVersions(to.registryTable),
    allow(['dynamodb:DeleteItem', 'dynamodb:Scan'], to.onlineTable),
  ],
  'versions/end-retirement': (to) => [
    changeViewVersions(to.registryTable),
    noteOnlineProgress(to.registryTable),
    allow('events:PutEvents', to.eventBus),
  ],
  'catalog/measure-freshness': (to) => [readViewVersions(to.registryTable), readTableLogs(to.registryTable)],
  'versions/start-due': (to) => [readViewVersions(to.registryTable), startFlow(to, 'materialize')],
  'releases/read': (to) => [readModels(to.registryTable), readRuns(to.registryTable), ...readReleases(to)],
  'audit/checkpoint': (to) => [
    readModels(to.registryTable),
    addCheckpoints(to.registryTable),
    allow(['kms:GetPublicKey', 'kms:Sign'], to.auditKey),
    writeObjects(to.auditBucket, 'checkpoint/', 'record/'),
  ],
  'audit/read-checkpoints': (to) => [readModels(to.registryTable), readCheckpoints(to.registryTable)],
  'endpoint/own-endpoint': (to) => [
    changeModels(to.registryTable),
    ...readReleases(to),
    readObjects(to.artifactBucket, 'model/'),
    writeObjects(to.artifactBucket, 'model/'),
    ...pointEndpoints(to.sagemaker),
    ...removeEndpoints(to.sagemaker),
  ],

  'operations/start-materialization': (to) => [readViewVersions(to.registryTable), startFlow(to, 'materialize')],
  'operations/start-training': (to) => [
    ...changeRetraining(to.registryTable),
    readTableLogs(to.registryTable),
    ...readReleases(to),
    startFlow(to, 'train'),
    describeExecutions(to, ['train', 'rollout']),
    allow('events:PutEvents', to.eventBus),
  ],
  'operations/start-leak-check': (to) => [readModels(to.registryTable), startFlow(to, 'train')],
  'operations/start-rollout': (to) => [readModels(to.registryTable), startFlow(to, 'rollout')],
  'operations/roll-back': (to) => [
    changeModels(to.registryTable),
    findViewVersions(to.registryTable),
    readTableLogs(to.registryTable),
    readObjects(to.artifactBucket, 'model/', 'release/'),
    listBucket(to.artifactBucket),
    startFlow(to, 'rollout'),
    wakeFlow(to, 'rollout'),
    allow('events:PutEvents', to.eventBus),
  ],
  'operations/hold-model': (to) => [changeModels(to.registryTable), allow('events:PutEvents', to.eventBus)],
  'operations/decide-approval': (to) => [
    changeModels(to.registryTable),
    wakeFlow(to, 'rollout'),
    allow('events:PutEvents', to.eventBus),
  ],
  'operations/describe-execution': (to) => [describeExecutions(to, FLOWS)],
  'catalog/read': (to) => [
    readViewVersions(to.registryTable),
    readModels(to.registryTable),
    readTableLogs(to.registryTable),
    readObjects(to.artifactBucket, 'drift-scan/', 'release/', 'rollout/'),
    listBucket(to.artifactBucket),
  ],
  'platform/describe': () => [],
};

/** Files that landed, into tables of sources. */
function loadFiles(to: PlatformResources): readonly Grant[] {
  return [
    changeTableLogs(to.registryTable),
    readObjects(to.offlineBucket, 'landing/'),
    writeObjects(to.offlineBucket, 'source/', 'quarantine/'),
    deleteObjects(to.offlineBucket, 'source/'),
    listBucket(to.offlineBucket),
  ];
}

/** Rows one by one or in small batches, into both stores. */
function storeRows(to: PlatformResources): readonly Grant[] {
  return [
    changeTableLogs(to.registryTable),
    readViewVersions(to.registryTable),
    allow(['dynamodb:BatchGetItem', 'dynamodb:PutItem'], to.onlineTable),
    readObjects(to.offlineBucket, 'source/'),
    writeObjects(to.offlineBucket, 'source/'),
    deleteObjects(to.offlineBucket, 'source/'),
    listBucket(to.offlineBucket),
  ];
}
