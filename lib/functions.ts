import type { EnvName } from '../contracts/environment.ts';

/** One function of the platform: its handler is lambdas/handlers/<name>.lambda.ts. */
export interface FunctionSpec {
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Variables it reads; `HEADGATE_STAGE` and `HEADGATE_VERSION` are given to every function. */
  readonly env: readonly EnvName[];
  /** Whether `definitions.json` lies beside its bundle. */
  readonly hasDefinitions: boolean;
}

/** A little less than the 30 s after which API Gateway stops waiting. */
const HTTP_TIMEOUT_SECONDS = 29;
const LONGEST_TIMEOUT_SECONDS = 900;

const http = (env: readonly EnvName[], hasDefinitions: boolean, memoryMb = 512): FunctionSpec => ({
  memoryMb,
  timeoutSeconds: HTTP_TIMEOUT_SECONDS,
  env,
  hasDefinitions,
});

const task = (
  env: readonly EnvName[],
  hasDefinitions: boolean,
  memoryMb = 512,
  timeoutSeconds = 120,
): FunctionSpec => ({ memoryMb, timeoutSeconds, env, hasDefinitions });

/** What functions need that train models again, or note what became of it. */
const RETRAINING: readonly EnvName[] = [
  'REGISTRY_TABLE',
  'ARTIFACT_BUCKET',
  'TRAIN_MACHINE_ARN',
  'ROLLOUT_MACHINE_ARN',
  'EVENT_BUS',
  'HEADGATE_REGION',
];

/** Every function of the platform, by area and verb. */
export const FUNCTIONS = {
  // 1769 MB is where Lambda gives one whole core
  'serving/predict': http(
    ['ONLINE_TABLE', 'REGISTRY_TABLE', 'PREDICTION_TABLE', 'PREDICTION_STREAM', 'ARTIFACT_BUCKET'],
    false,
    1769,
  ),
  'serving/get-online-features': http(['ONLINE_TABLE', 'REGISTRY_TABLE'], true, 1769),
  'serving/get-prediction': http(['PREDICTION_TABLE'], false),
  'serving/record-outcomes': http(['PREDICTION_TABLE', 'REGISTRY_TABLE', 'OUTCOME_STREAM'], false),
  'ingestion/push': http(['OFFLINE_BUCKET', 'REGISTRY_TABLE', 'ONLINE_TABLE'], true, 1024),
  'ingestion/list-dead-letters': http(['OFFLINE_BUCKET'], true),
  'ingestion/replay-dead-letters': http(['OFFLINE_BUCKET', 'REGISTRY_TABLE', 'ONLINE_TABLE'], true, 1024),
  'ingestion/open-ingestion': http(['OFFLINE_BUCKET', 'REGISTRY_TABLE'], true),
  'ingestion/start-ingestion': http(['OFFLINE_BUCKET', 'INGEST_MACHINE_ARN'], true),
  'ingestion/start-table-ingestion': http(['INGEST_TABLES', 'INGEST_TABLE_MACHINE_ARN'], true),
  'operations/start-materialization': http(['MATERIALIZE_MACHINE_ARN', 'REGISTRY_TABLE'], true),
  'operations/start-training': http(RETRAINING, true),
  'operations/start-leak-check': http(['TRAIN_MACHINE_ARN', 'REGISTRY_TABLE'], true),
  'operations/start-rollout': http(['ROLLOUT_MACHINE_ARN', 'REGISTRY_TABLE'], false),
  // reads the whole artifact to compare its digest
  'operations/roll-back': http(['REGISTRY_TABLE', 'ARTIFACT_BUCKET', 'ROLLOUT_MACHINE_ARN', 'EVENT_BUS'], false, 2048),
  'operations/hold-model': http(['REGISTRY_TABLE', 'EVENT_BUS'], false),
  'operations/decide-approval': http(['REGISTRY_TABLE', 'EVENT_BUS'], false),
  'operations/describe-execution': http(
    [
      'INGEST_MACHINE_ARN',
      'INGEST_TABLE_MACHINE_ARN',
      'MATERIALIZE_MACHINE_ARN',
      'TRAIN_MACHINE_ARN',
      'ROLLOUT_MACHINE_ARN',
      'TRAINING_SET_MACHINE_ARN',
      'SKEW_AUDIT_MACHINE_ARN',
      'DRIFT_SCAN_MACHINE_ARN',
      'BATCH_PREDICT_MACHINE_ARN',
      'RECONCILE_MACHINE_ARN',
    ],
    false,
  ),
  'training-sets/open-entity-table': http(['OFFLINE_BUCKET'], false),
  'training-sets/start': http(['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'TRAINING_SET_MACHINE_ARN'], true),
  'training-sets/read': http(['ARTIFACT_BUCKET'], false),
  'skew/start': http(['SKEW_AUDIT_MACHINE_ARN', 'REGISTRY_TABLE'], false),
  'skew/read': http(['REGISTRY_TABLE', 'ARTIFACT_BUCKET'], false),
  'retraining/read': http(['REGISTRY_TABLE'], true),
  'retraining/acknowledge': http(['REGISTRY_TABLE', 'EVENT_BUS'], true),
  'drift/start': http(['DRIFT_SCAN_MACHINE_ARN', 'REGISTRY_TABLE'], true),
  'drift/read': http(['REGISTRY_TABLE', 'ARTIFACT_BUCKET'], false),
  'batch/start': http(['BATCH_PREDICT_MACHINE_ARN', 'OFFLINE_BUCKET', 'REGISTRY_TABLE', 'ARTIFACT_BUCKET'], false),
  'batch/list': http(['REGISTRY_TABLE', 'ARTIFACT_BUCKET'], false),
  'training/read-leak-checks': http(['REGISTRY_TABLE', 'ARTIFACT_BUCKET'], false),
  'releases/read': http(['REGISTRY_TABLE', 'ARTIFACT_BUCKET'], false),
  'audit/read-checkpoints': http(['REGISTRY_TABLE'], false),
  'catalog/read': http(['REGISTRY_TABLE', 'ARTIFACT_BUCKET', 'ROLLBACK_RELEASES', 'VERSION_GRACE_HOURS'], true),
  'platform/describe': http([], false, 256),

  'ingestion/consume-stream': task(['OFFLINE_BUCKET', 'REGISTRY_TABLE', 'ONLINE_TABLE'], true, 1769),
  'ingestion/load-file': task(['OFFLINE_BUCKET', 'REGISTRY_TABLE'], true, 4096, LONGEST_TIMEOUT_SECONDS),
  'ingestion/plan-table': task(['OFFLINE_BUCKET', 'GLUE_DATABASE', 'ATHENA_WORKGROUP', 'INGEST_TABLES'], true),
  'ingestion/load-table': task(['OFFLINE_BUCKET', 'REGISTRY_TABLE'], true, 4096, LONGEST_TIMEOUT_SECONDS),
  'tables/abandon-run': task(['OFFLINE_BUCKET', 'REGISTRY_TABLE'], false, 512, 300),
  'materialization/plan': task(
    ['OFFLINE_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP'],
    true,
    1024,
    300,
  ),
  'materialization/check': task(
    ['OFFLINE_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP', 'EVENT_BUS'],
    true,
    1024,
    300,
  ),
  'materialization/commit': task(
    ['OFFLINE_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP'],
    true,
    2048,
    LONGEST_TIMEOUT_SECONDS,
  ),
  'materialization/write-online': task(
    ['OFFLINE_BUCKET', 'REGISTRY_TABLE', 'ONLINE_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP'],
    true,
    2048,
    LONGEST_TIMEOUT_SECONDS,
  ),
  'training/plan': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP'],
    true,
    1024,
    300,
  ),
  'training/seal': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP'],
    true,
    8192,
    LONGEST_TIMEOUT_SECONDS,
  ),
  // holds the artifact in memory, packed and unpacked
  'training/prepare-evaluation': task(['ARTIFACT_BUCKET', 'REGISTRY_TABLE'], false, 4096, 300),
  'training/register-release': task(
    ['ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'EVENT_BUS', 'HEADGATE_CODE_SHA256', 'HEADGATE_ACCOUNT', 'HEADGATE_REGION'],
    false,
    4096,
    600,
  ),
  'training/measure-leak': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP'],
    true,
    8192,
    LONGEST_TIMEOUT_SECONDS,
  ),
  // each holds the uploaded file, or a part of the rows with all of their features, in memory
  'training-sets/plan': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP'],
    true,
    8192,
    LONGEST_TIMEOUT_SECONDS,
  ),
  'training-sets/seal': task(['OFFLINE_BUCKET', 'ARTIFACT_BUCKET'], false, 8192, LONGEST_TIMEOUT_SECONDS),
  'skew/plan': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP'],
    false,
    512,
    300,
  ),
  'skew/prepare': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP'],
    false,
    2048,
    300,
  ),
  'skew/judge': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP', 'EVENT_BUS'],
    false,
    4096,
    LONGEST_TIMEOUT_SECONDS,
  ),
  'batch/plan': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP'],
    false,
    512,
    300,
  ),
  // each holds a file of entities, or a part of them with all of their features, in memory
  'batch/prepare': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP'],
    false,
    8192,
    LONGEST_TIMEOUT_SECONDS,
  ),
  'batch/encode': task(['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE'], false, 8192, LONGEST_TIMEOUT_SECONDS),
  'batch/collect': task(['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE'], false, 4096, LONGEST_TIMEOUT_SECONDS),
  'batch/publish': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'ONLINE_TABLE'],
    false,
    4096,
    LONGEST_TIMEOUT_SECONDS,
  ),
  'batch/finish': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'EVENT_BUS', 'HEADGATE_REGION'],
    false,
    512,
    300,
  ),
  'batch/abandon': task(['ARTIFACT_BUCKET'], false, 512, 300),
  'drift/plan': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP'],
    true,
    1024,
    300,
  ),
  'drift/judge': task(
    ['OFFLINE_BUCKET', 'ARTIFACT_BUCKET', 'REGISTRY_TABLE', 'GLUE_DATABASE', 'ATHENA_WORKGROUP', 'EVENT_BUS'],
    true,
    2048,
    LONGEST_TIMEOUT_SECONDS,
  ),
  'retraining/advance': task(RETRAINING, true, 512, 150),
  // every model, one after the other
  'retraining/reconcile': task(RETRAINING, true, 512, LONGEST_TIMEOUT_SECONDS),
  'rollout/begin': task(['REGISTRY_TABLE', 'ARTIFACT_BUCKET', 'EVENT_BUS'], false),
  // before traffic it reads two whole artifacts to compare their digests
  'rollout/advance': task(
    [
      'REGISTRY_TABLE',
      'ARTIFACT_BUCKET',
      'OFFLINE_BUCKET',
      'GLUE_DATABASE',
      'ATHENA_WORKGROUP',
      'EVENT_BUS',
      'ENDPOINT_POLL_SECONDS',
    ],
    false,
    2048,
  ),
  // reads the whole artifact to compare its digest
  'rollout/point-endpoint': task(['REGISTRY_TABLE', 'ARTIFACT_BUCKET'], false, 2048),
  'rollout/ask-approval': task(['REGISTRY_TABLE', 'EVENT_BUS'], false),
  'rollout/resume': task(['REGISTRY_TABLE', 'ROLLOUT_MACHINE_ARN'], false),
  // sends requests for up to ten minutes, at a steady rate only with a core of its own; ends before the lease does
  'rollout/replay': task(['REGISTRY_TABLE', 'ARTIFACT_BUCKET'], false, 1769, 780),
  'versions/survey': task(['REGISTRY_TABLE', 'ROLLBACK_RELEASES', 'VERSION_GRACE_HOURS'], true, 512, 300),
  'versions/sweep': task(['REGISTRY_TABLE', 'ONLINE_TABLE'], false, 1024, LONGEST_TIMEOUT_SECONDS),
  'versions/end-retirement': task(['REGISTRY_TABLE', 'EVENT_BUS'], false, 512, 300),
  'versions/start-due': task(['REGISTRY_TABLE', 'MATERIALIZE_MACHINE_ARN'], true),
  'catalog/measure-freshness': task(['REGISTRY_TABLE'], true),
  'audit/checkpoint': task(['REGISTRY_TABLE', 'AUDIT_BUCKET', 'AUDIT_KEY_ARN'], false, 512, 300),
  'endpoint/own-endpoint': task(['REGISTRY_TABLE', 'ARTIFACT_BUCKET'], false, 1024, LONGEST_TIMEOUT_SECONDS),
} as const satisfies Readonly<Record<string, FunctionSpec>>;

export type FunctionName = keyof typeof FUNCTIONS;

/** Object.keys, with the type that the catalogue's literal gives. */
export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly FunctionName[];

/** `serving/predict` as a construct id: `ServingPredict`. */
export function functionId(name: FunctionName): string {
  return name
    .split(/[/-]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
