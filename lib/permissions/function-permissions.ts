import type { FunctionName } from '../functions.ts';
import { allow, type Grant } from './grant.ts';
import { describeEndpoints, pointEndpoints, removeEndpoints, scaleVariants } from './hosting-grants.ts';
import type { PlatformResources } from './resources.ts';
import { changeItems, deleteObjects, listBucket, readItems, readObjects, writeObjects } from './storage-grants.ts';

type GrantsOf = (to: PlatformResources) => readonly Grant[];

/** What each function may do beside logging and tracing; test/infra/function-permissions.test.ts lists the actions. */
export const FUNCTION_PERMISSIONS: Readonly<Record<FunctionName, GrantsOf>> = {
  'serving/predict': (to) => [
    allow('dynamodb:BatchGetItem', to.onlineTable),
    readItems(to.registryTable),
    allow('dynamodb:PutItem', to.predictionTable),
    allow('firehose:PutRecord', to.predictionStream),
    allow('sagemaker:InvokeEndpoint', to.sagemaker.endpoints, {
      because: 'one function serves every model: the wildcard ends the beginning of this stage’s endpoint names',
    }),
    readObjects(to.artifactBucket, 'release/'),
    listBucket(to.artifactBucket),
  ],
  'serving/get-online-features': (to) => [allow('dynamodb:BatchGetItem', to.onlineTable)],
  'serving/get-prediction': (to) => [readItems(to.predictionTable)],
  'serving/record-outcomes': (to) => [
    changeItems(to.predictionTable),
    readItems(to.registryTable),
    allow('firehose:PutRecordBatch', to.outcomeStream),
  ],

  'ingestion/push': (to) => [
    changeItems(to.registryTable),
    allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], to.onlineTable),
    readObjects(to.offlineBucket, 'source/'),
    writeObjects(to.offlineBucket, 'source/', 'quarantine/'),
    deleteObjects(to.offlineBucket, 'source/'),
    listBucket(to.offlineBucket),
  ],
  'ingestion/open-ingestion': (to) => [
    changeItems(to.registryTable),
    readObjects(to.offlineBucket, 'landing/'),
    writeObjects(to.offlineBucket, 'landing/'),
    listBucket(to.offlineBucket),
  ],
  'ingestion/start-ingestion': (to) => [
    changeItems(to.registryTable),
    readObjects(to.offlineBucket, 'landing/'),
    listBucket(to.offlineBucket),
    startFlow(to, 'ingest'),
  ],
  'ingestion/load-file': (to) => [
    changeItems(to.registryTable),
    readObjects(to.offlineBucket, 'landing/', 'source/', 'quarantine/'),
    writeObjects(to.offlineBucket, 'source/', 'quarantine/'),
    deleteObjects(to.offlineBucket, 'source/', 'quarantine/'),
    listBucket(to.offlineBucket),
  ],
  'tables/abandon-run': (to) => [
    changeItems(to.registryTable),
    deleteObjects(to.offlineBucket, 'source/', 'view/', 'quarantine/'),
    listBucket(to.offlineBucket),
  ],

  'materialization/plan': (to) => [
    changeItems(to.registryTable),
    deleteObjects(to.offlineBucket, 'view/', 'online-export/'),
    listBucket(to.offlineBucket),
  ],
  'materialization/commit': (to) => [
    changeItems(to.registryTable),
    readObjects(to.offlineBucket, 'view/'),
    deleteObjects(to.offlineBucket, 'online-export/'),
    listBucket(to.offlineBucket),
  ],
  'materialization/write-online': (to) => [
    changeItems(to.registryTable),
    allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], to.onlineTable),
    readObjects(to.offlineBucket, 'online-export/'),
    listBucket(to.offlineBucket),
  ],

  'training/plan': (to) => [readItems(to.registryTable), listBucket(to.offlineBucket)],
  'training/seal': (to) => [
    readItems(to.registryTable),
    readObjects(to.offlineBucket, 'training-join/'),
    listBucket(to.offlineBucket),
    readObjects(to.artifactBucket, 'training-set/'),
    writeObjects(to.artifactBucket, 'training-set/'),
    listBucket(to.artifactBucket),
  ],
  'training/prepare-evaluation': (to) => [
    readItems(to.registryTable),
    readObjects(to.artifactBucket, 'model/', 'release/', 'training-set/'),
    listBucket(to.artifactBucket),
  ],
  'training/register-release': (to) => [
    changeItems(to.registryTable),
    readObjects(to.artifactBucket, 'evaluation/', 'model/', 'release/', 'training-set/'),
    writeObjects(to.artifactBucket, 'release/'),
    listBucket(to.artifactBucket),
    allow('events:PutEvents', to.eventBus),
  ],

  'rollout/begin': (to) => [changeItems(to.registryTable), ...readReleases(to)],
  'rollout/point-endpoint': (to) => [
    changeItems(to.registryTable),
    ...readReleases(to),
    readObjects(to.artifactBucket, 'model/'),
    ...pointEndpoints(to.sagemaker),
  ],
  'rollout/check-endpoint': (to) => [
    readItems(to.registryTable),
    ...readReleases(to),
    readObjects(to.artifactBucket, 'model/'),
    describeEndpoints(to.sagemaker),
  ],
  'rollout/flip-route': (to) => [changeItems(to.registryTable), ...readReleases(to), ...scaleVariants(to.sagemaker)],
  'rollout/end': (to) => [
    changeItems(to.registryTable),
    ...readReleases(to),
    readObjects(to.artifactBucket, 'model/'),
    ...pointEndpoints(to.sagemaker),
    allow('events:PutEvents', to.eventBus),
  ],
  'endpoint/own-endpoint': (to) => [
    changeItems(to.registryTable),
    readObjects(to.artifactBucket, 'placeholder/'),
    writeObjects(to.artifactBucket, 'placeholder/'),
    listBucket(to.artifactBucket),
    ...pointEndpoints(to.sagemaker),
    ...removeEndpoints(to.sagemaker),
  ],

  'operations/start-materialization': (to) => [readItems(to.registryTable), startFlow(to, 'materialize')],
  'operations/start-training': (to) => [readItems(to.registryTable), startFlow(to, 'train')],
  'operations/start-rollout': (to) => [readItems(to.registryTable), startFlow(to, 'rollout')],
  'operations/describe-execution': (to) => [
    allow(['states:DescribeExecution', 'states:GetExecutionHistory'], to.executions, {
      because: 'the wildcard stands for the executions of the platform’s own state machines',
    }),
  ],
  'catalog/read': (to) => [readItems(to.registryTable), ...readReleases(to)],
  'platform/describe': () => [],
};

function startFlow(to: PlatformResources, flow: keyof PlatformResources['machines']): Grant {
  return allow('states:StartExecution', to.machines[flow]);
}

function readReleases(to: PlatformResources): readonly Grant[] {
  return [readObjects(to.artifactBucket, 'release/'), listBucket(to.artifactBucket)];
}
