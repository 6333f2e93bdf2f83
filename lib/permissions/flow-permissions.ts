import type { Flow } from '../../contracts/flows.ts';
import { allow, type Grant } from './grant.ts';
import { passModelRole } from './hosting-grants.ts';
import type { PlatformResources, WarehouseTableResources } from './resources.ts';
import { listBucket, readObjects, writeObjects } from './storage-grants.ts';

const NAMES_ARE_BORN_AT_RUN_TIME = 'the wildcard ends the fixed beginning of the names that this stage gives to jobs';
const CATALOG = 'the wildcard stands for the tables of the platform’s own Glue database';

/** What the rules of Step Functions call the jobs that they watch. */
const RULE_OF_JOBS = {
  TrainingJob: 'TrainingJobs',
  HyperParameterTuningJob: 'TuningJobs',
  TransformJob: 'TransformJobs',
} as const;

/** What the task states of each machine do beside invoking their functions. */
export const FLOW_PERMISSIONS: Readonly<Record<Flow, (to: PlatformResources) => readonly Grant[]>> = {
  ingest: () => [],
  'ingest-table': (to) => [
    ...startQueries(to, ['athena-results/', 'landing/']),
    readObjects(to.offlineBucket, 'athena-results/'),
    writeObjects(to.offlineBucket, 'athena-results/', 'landing/'),
    ...to.ingestTables.flatMap((table) => readWarehouseTable(to, table)),
  ],
  materialize: (to) => [
    ...runQueries(to),
    allow('glue:CreateTable', [to.glueCatalog, to.glueDatabase, to.glueTables], { because: CATALOG }),
    readObjects(to.offlineBucket, 'athena-results/', 'source/', 'view/'),
    writeObjects(to.offlineBucket, 'athena-results/', 'online-export/', 'quality/', 'quarantine/view/', 'view/'),
  ],
  train: (to) => [
    ...runQueries(to),
    readObjects(to.offlineBucket, 'athena-results/', 'source/', 'view/'),
    writeObjects(to.offlineBucket, 'athena-results/', 'training-join/'),
    ...runJob('TrainingJob', to.sagemaker.trainingJobs, to.eventRules),
    ...runJob('HyperParameterTuningJob', to.sagemaker.tuningJobs, to.eventRules),
    ...runJob('TransformJob', to.sagemaker.transformJobs, to.eventRules),
    allow('sagemaker:CreateModel', to.sagemaker.models, { because: NAMES_ARE_BORN_AT_RUN_TIME }),
    passModelRole(to.sagemaker),
    allow('states:StartExecution', to.machines.rollout),
  ],
  rollout: (to) => [
    ...runQueries(to),
    readObjects(to.offlineBucket, 'athena-results/'),
    writeObjects(to.offlineBucket, 'athena-results/', 'rollout-counts/'),
    allow('s3:GetBucketLocation', to.predictionLogBucket),
    listBucket(to.predictionLogBucket),
    readObjects(to.predictionLogBucket, 'outcome/', 'prediction/'),
    allow('states:StartExecution', to.machines.rollout),
  ],
  'training-set': (to) => [
    ...runQueries(to),
    readObjects(to.offlineBucket, 'athena-results/', 'entity-rows/', 'view/'),
    writeObjects(to.offlineBucket, 'athena-results/', 'training-join/'),
  ],
  reconcile: () => [],
  'skew-audit': (to) => [
    ...runQueries(to),
    readObjects(to.offlineBucket, 'athena-results/', 'entity-rows/', 'view/'),
    writeObjects(to.offlineBucket, 'athena-results/', 'skew-audit/', 'training-join/'),
    allow('s3:GetBucketLocation', to.predictionLogBucket),
    listBucket(to.predictionLogBucket),
    readObjects(to.predictionLogBucket, 'prediction/'),
  ],
  'batch-predict': (to) => [
    ...runQueries(to),
    readObjects(to.offlineBucket, 'athena-results/', 'entity-rows/', 'view/'),
    writeObjects(to.offlineBucket, 'athena-results/', 'batch-entities/', 'training-join/'),
    ...runJob('TransformJob', to.sagemaker.transformJobs, to.eventRules),
    allow('sagemaker:CreateModel', to.sagemaker.models, { because: NAMES_ARE_BORN_AT_RUN_TIME }),
    passModelRole(to.sagemaker),
  ],
  'drift-scan': (to) => [
    ...runQueries(to),
    readObjects(to.offlineBucket, 'athena-results/', 'source/', 'view/'),
    writeObjects(to.offlineBucket, 'athena-results/', 'drift-scan/'),
    allow('s3:GetBucketLocation', to.predictionLogBucket),
    listBucket(to.predictionLogBucket),
    readObjects(to.predictionLogBucket, 'outcome/', 'prediction/'),
  ],
};

/** Athena reads the catalogue and the objects in the name of whoever starts the query. */
function runQueries(to: PlatformResources): readonly Grant[] {
  return [
    ...startQueries(to, [
      'athena-results/',
      'batch-entities/',
      'drift-scan/',
      'online-export/',
      'quality/',
      'quarantine/view/',
      'rollout-counts/',
      'skew-audit/',
      'training-join/',
      'view/',
    ]),
    allow(
      ['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable'],
      [to.glueCatalog, to.glueDatabase, to.glueTables],
      { because: CATALOG },
    ),
  ];
}

/** @param writes prefixes of the offline bucket that results go to */
function startQueries(to: PlatformResources, writes: readonly string[]): readonly Grant[] {
  return [
    allow(['athena:GetQueryExecution', 'athena:StartQueryExecution', 'athena:StopQueryExecution'], to.athenaWorkgroup),
    allow('athena:GetDataCatalog', to.athenaCatalog),
    allow(['s3:GetBucketLocation', 's3:ListBucketMultipartUploads'], to.offlineBucket),
    listBucket(to.offlineBucket),
    allow(
      ['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      writes.map((prefix) => `${to.offlineBucket}/${prefix}*`),
      { because: 'Athena writes large results in parts, under keys it makes up itself' },
    ),
  ];
}

/** One table of somebody else's, and the files below its location. */
function readWarehouseTable(
  { glueCatalog }: PlatformResources,
  { database, table, bucket, prefix }: WarehouseTableResources,
): readonly Grant[] {
  return [
    allow(['glue:GetDatabase', 'glue:GetPartitions', 'glue:GetTable'], [glueCatalog, database, table]),
    allow('s3:GetBucketLocation', bucket),
    allow('s3:ListBucket', bucket, { conditions: { StringLike: { 's3:prefix': [prefix, `${prefix}*`] } } }),
    allow('s3:GetObject', `${bucket}/${prefix}*`, {
      because:
        'the wildcard ends the location of one table that the environment lists: whoever writes it names its files',
    }),
  ];
}

/**
 * A `.sync` task starts the job, waits for its end by an event that a rule of Step Functions catches, asks now and
 * then all the same, and stops the job with the execution.
 * Source: AWS Step Functions developer guide, IAM policies for SageMaker.
 */
function runJob(kind: keyof typeof RULE_OF_JOBS, jobs: string, eventRules: string): readonly Grant[] {
  const because = NAMES_ARE_BORN_AT_RUN_TIME;
  return [
    allow(
      [
        `sagemaker:Create${kind}`,
        `sagemaker:Describe${kind}`,
        `sagemaker:Stop${kind}`,
        'sagemaker:AddTags',
        'sagemaker:ListTags',
      ],
      jobs,
      { because },
    ),
    allow(
      ['events:DescribeRule', 'events:PutRule', 'events:PutTargets'],
      `${eventRules}/StepFunctionsGetEventsForSageMaker${RULE_OF_JOBS[kind]}Rule`,
    ),
  ];
}
