import { expect, it } from 'vitest';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName, functionId } from '../../lib/functions.ts';
import { actionsOf, resourcesIn, rolePolicies } from './policies.ts';
import { plainText, resourcesOf, synthesize } from './synth.ts';

const READ_MODELS = ['dynamodb:GetItem', 'dynamodb:Query'];
const CHANGE_MODELS = ['dynamodb:ConditionCheckItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];
const READ_VIEW_VERSIONS = ['dynamodb:Query'];
const CHANGE_VIEW_VERSIONS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];
const READ_TABLE_LOGS = ['dynamodb:GetItem'];
const CHANGE_TABLE_LOGS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];
const DESCRIBE_EXECUTIONS = ['states:DescribeExecution', 'states:GetExecutionHistory'];
const READ_OBJECTS = ['s3:GetObject', 's3:ListBucket'];
const STORE_ROWS = [
  'dynamodb:BatchGetItem',
  's3:DeleteObject',
  's3:PutObject',
  ...CHANGE_TABLE_LOGS,
  ...READ_VIEW_VERSIONS,
  ...READ_OBJECTS,
];
const DESCRIBE_HOSTING = [
  'application-autoscaling:DescribeScalableTargets',
  'sagemaker:DescribeEndpoint',
  'sagemaker:DescribeEndpointConfig',
];
const POINT_ENDPOINTS = [
  'application-autoscaling:DeregisterScalableTarget',
  'cloudwatch:DeleteAlarms',
  'cloudwatch:DescribeAlarms',
  ...DESCRIBE_HOSTING,
  'iam:PassRole',
  'sagemaker:CreateEndpoint',
  'sagemaker:CreateEndpointConfig',
  'sagemaker:CreateModel',
  'sagemaker:DeleteEndpoint',
  'sagemaker:UpdateEndpoint',
];
const SCALE_VARIANTS = [
  'application-autoscaling:PutScalingPolicy',
  'application-autoscaling:RegisterScalableTarget',
  'cloudwatch:DeleteAlarms',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:PutMetricAlarm',
  'iam:CreateServiceLinkedRole',
  'sagemaker:DescribeEndpoint',
  'sagemaker:DescribeEndpointConfig',
  'sagemaker:UpdateEndpointWeightsAndCapacities',
];
const ADVANCE_RETRAINING = [
  'events:PutEvents',
  'states:StartExecution',
  ...CHANGE_MODELS,
  ...READ_TABLE_LOGS,
  ...READ_OBJECTS,
  ...DESCRIBE_EXECUTIONS,
];
const LOG_AND_TRACE = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** Every action of every function, beside logging and tracing. */
const ACTIONS: Readonly<Record<FunctionName, readonly string[]>> = {
  'serving/predict': [
    'dynamodb:BatchGetItem',
    'dynamodb:PutItem',
    'firehose:PutRecord',
    'sagemaker:InvokeEndpoint',
    ...READ_MODELS,
    ...READ_OBJECTS,
  ],
  'serving/get-online-features': ['dynamodb:BatchGetItem', ...READ_VIEW_VERSIONS],
  'serving/get-prediction': ['dynamodb:Query'],
  'serving/record-outcomes': ['dynamodb:PutItem', 'firehose:PutRecord', ...READ_MODELS],
  'ingestion/push': STORE_ROWS,
  'ingestion/consume-stream': [
    'kinesis:DescribeStream',
    'kinesis:DescribeStreamSummary',
    'kinesis:GetRecords',
    'kinesis:GetShardIterator',
    'kinesis:ListShards',
    ...STORE_ROWS,
  ],
  'ingestion/list-dead-letters': READ_OBJECTS,
  'ingestion/replay-dead-letters': STORE_ROWS,
  'ingestion/open-ingestion': ['s3:PutObject', ...READ_TABLE_LOGS, ...READ_OBJECTS],
  'ingestion/start-ingestion': ['states:StartExecution', ...DESCRIBE_EXECUTIONS, ...READ_OBJECTS],
  'ingestion/load-file': ['s3:DeleteObject', 's3:PutObject', ...CHANGE_TABLE_LOGS, ...READ_OBJECTS],
  'ingestion/start-table-ingestion': ['states:StartExecution'],
  'ingestion/plan-table': [],
  'ingestion/load-table': ['s3:DeleteObject', 's3:PutObject', ...CHANGE_TABLE_LOGS, ...READ_OBJECTS],
  'tables/abandon-run': ['s3:DeleteObject', 's3:ListBucket', ...CHANGE_TABLE_LOGS],
  'materialization/plan': [...CHANGE_VIEW_VERSIONS, 's3:DeleteObject', 's3:ListBucket', ...CHANGE_TABLE_LOGS],
  'materialization/check': ['dynamodb:PutItem', 'dynamodb:Query', 'events:PutEvents', ...READ_OBJECTS],
  'materialization/commit': [...READ_VIEW_VERSIONS, ...CHANGE_TABLE_LOGS, ...READ_OBJECTS],
  'materialization/write-online': [
    ...READ_VIEW_VERSIONS,
    'dynamodb:BatchGetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    ...READ_OBJECTS,
  ],
  'training/plan': [...READ_OBJECTS, ...READ_MODELS],
  'training/seal': ['s3:PutObject', ...READ_MODELS, ...READ_OBJECTS],
  'training/prepare-evaluation': ['s3:PutObject', ...READ_MODELS, ...READ_OBJECTS],
  'releases/read': [...READ_MODELS, ...READ_OBJECTS],
  'audit/checkpoint': [
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'kms:GetPublicKey',
    'kms:Sign',
    's3:PutObject',
  ],
  'audit/read-checkpoints': READ_MODELS,
  'training/register-release': [
    'events:PutEvents',
    's3:PutObject',
    'sagemaker:CreateModelPackage',
    'sagemaker:DescribeModelPackage',
    'sagemaker:ListModelPackages',
    ...CHANGE_MODELS,
    ...READ_OBJECTS,
  ],
  'training/measure-leak': ['s3:PutObject', ...READ_MODELS, ...READ_OBJECTS],
  'training/read-leak-checks': [...READ_MODELS, ...READ_OBJECTS],
  'training-sets/open-entity-table': ['s3:PutObject', ...READ_OBJECTS],
  'training-sets/start': ['states:StartExecution', ...READ_OBJECTS],
  'training-sets/read': READ_OBJECTS,
  'training-sets/plan': ['s3:PutObject', ...READ_TABLE_LOGS, ...READ_OBJECTS],
  'training-sets/seal': ['s3:PutObject', ...READ_OBJECTS],
  'skew/start': ['states:StartExecution', ...READ_MODELS],
  'skew/read': [...READ_MODELS, ...READ_OBJECTS],
  'skew/plan': [...READ_MODELS, ...READ_TABLE_LOGS, ...READ_OBJECTS],
  'skew/prepare': ['s3:PutObject', ...READ_MODELS, ...READ_OBJECTS],
  'skew/judge': ['events:PutEvents', 's3:PutObject', ...READ_MODELS, ...READ_OBJECTS],
  'batch/start': ['states:StartExecution', ...READ_MODELS, ...READ_OBJECTS],
  'batch/list': [...READ_MODELS, ...READ_OBJECTS],
  'batch/plan': [...READ_MODELS, ...READ_TABLE_LOGS, ...READ_OBJECTS],
  'batch/prepare': ['s3:PutObject', ...READ_MODELS, ...READ_OBJECTS],
  'batch/encode': ['s3:PutObject', ...READ_MODELS, ...READ_OBJECTS],
  'batch/collect': ['s3:PutObject', ...READ_MODELS, ...READ_OBJECTS],
  'batch/publish': ['dynamodb:PutItem', ...READ_MODELS, ...READ_OBJECTS],
  'batch/finish': ['events:PutEvents', 's3:DeleteObject', 's3:PutObject', ...READ_MODELS, ...READ_OBJECTS],
  'batch/abandon': ['s3:DeleteObject', ...READ_OBJECTS],
  'drift/start': ['states:StartExecution', ...READ_MODELS],
  'drift/read': [...READ_MODELS, ...READ_OBJECTS],
  'drift/plan': [...READ_MODELS, ...READ_TABLE_LOGS, ...READ_OBJECTS],
  'drift/judge': ['events:PutEvents', 's3:PutObject', ...READ_MODELS, ...READ_TABLE_LOGS, ...READ_OBJECTS],
  'retraining/advance': ADVANCE_RETRAINING,
  'retraining/reconcile': ADVANCE_RETRAINING,
  'retraining/read': READ_MODELS,
  'retraining/acknowledge': [...CHANGE_MODELS, 'events:PutEvents'],
  'rollout/begin': ['events:PutEvents', 'states:SendTaskSuccess', ...CHANGE_MODELS, ...READ_OBJECTS],
  'rollout/advance': [
    'events:PutEvents',
    's3:PutObject',
    ...CHANGE_VIEW_VERSIONS,
    ...READ_TABLE_LOGS,
    ...CHANGE_MODELS,
    ...READ_OBJECTS,
    ...DESCRIBE_HOSTING,
  ],
  'rollout/point-endpoint': [...CHANGE_MODELS, ...READ_OBJECTS, ...POINT_ENDPOINTS, ...SCALE_VARIANTS],
  'rollout/ask-approval': ['events:PutEvents', 'states:SendTaskSuccess', ...CHANGE_MODELS],
  'rollout/resume': ['states:StartExecution', ...READ_MODELS],
  'rollout/replay': ['s3:PutObject', 'sagemaker:InvokeEndpoint', ...READ_MODELS, ...READ_OBJECTS],
  'versions/survey': [...READ_MODELS, ...CHANGE_VIEW_VERSIONS],
  'versions/sweep': ['dynamodb:DeleteItem', 'dynamodb:Scan', ...CHANGE_VIEW_VERSIONS],
  'versions/end-retirement': ['dynamodb:UpdateItem', 'events:PutEvents', ...CHANGE_VIEW_VERSIONS],
  'catalog/measure-freshness': [...READ_VIEW_VERSIONS, ...READ_TABLE_LOGS],
  'versions/start-due': ['states:StartExecution', ...READ_VIEW_VERSIONS],
  'endpoint/own-endpoint': [
    's3:PutObject',
    'sagemaker:DeleteEndpointConfig',
    'sagemaker:ListEndpointConfigs',
    ...CHANGE_MODELS,
    ...READ_OBJECTS,
    ...POINT_ENDPOINTS,
  ],
  'operations/start-materialization': [...READ_VIEW_VERSIONS, 'states:StartExecution'],
  'operations/start-training': ADVANCE_RETRAINING,
  'operations/start-leak-check': ['states:StartExecution', ...READ_MODELS],
  'operations/start-rollout': ['states:StartExecution', ...READ_MODELS],
  'operations/roll-back': [
    ...CHANGE_MODELS,
    'events:PutEvents',
    'states:SendTaskSuccess',
    'states:StartExecution',
    ...READ_OBJECTS,
  ],
  'operations/hold-model': [...CHANGE_MODELS, 'events:PutEvents'],
  'operations/decide-approval': [...CHANGE_MODELS, 'events:PutEvents', 'states:SendTaskSuccess'],
  'operations/describe-execution': DESCRIBE_EXECUTIONS,
  'catalog/read': [...READ_VIEW_VERSIONS, ...READ_MODELS, ...READ_OBJECTS],
  'platform/describe': [],
};

const { platform } = synthesize();
const policies = rolePolicies(platform);
const statementsOf = (name: FunctionName) => policies.get(`Functions${functionId(name)}`) ?? [];

it.each(FUNCTION_NAMES)('%s may do exactly what the table says', (name) => {
  expect(actionsOf(statementsOf(name), LOG_AND_TRACE)).toEqual([...new Set(ACTIONS[name])].sort());
});

it.each(FUNCTION_NAMES)('%s may write its own logs and send traces', (name) => {
  expect(actionsOf(statementsOf(name))).toEqual(expect.arrayContaining(LOG_AND_TRACE));
});

it('keeps functions that move data away from models, their routes and their audit chains', () => {
  const movers = FUNCTION_NAMES.filter((name) => /^(ingestion|materialization|tables)\//.test(name));
  const keys = movers.flatMap((name) => statementsOf(name)).map(({ Condition }) => JSON.stringify(Condition ?? {}));
  expect(keys.filter((text) => /MODEL|RELEASE|ROLLOUT/.test(text))).toEqual([]);
  expect(
    movers
      .flatMap((name) => statementsOf(name))
      .flatMap(resourcesIn)
      .filter((text) => text.includes('Artifact')),
  ).toEqual([]);
});

it('lets no function read quarantined rows, and only those read dead letters that list or replay them', () => {
  const readers = (prefix: string) =>
    FUNCTION_NAMES.filter((name) =>
      statementsOf(name)
        .filter(({ Action }) => [Action].flat().includes('s3:GetObject'))
        .flatMap(resourcesIn)
        .some((text) => text.includes(`/${prefix}`)),
    );
  expect(readers('dead-letter/')).toEqual(['ingestion/list-dead-letters', 'ingestion/replay-dead-letters']);
  expect(readers('aws/lambda/')).toEqual(['ingestion/replay-dead-letters']);
  expect(readers('quarantine/')).toEqual([]);
});

it('touches the registry only under conditions on its keys', () => {
  const unconditioned = [...policies.values()]
    .flat()
    .filter((statement) => resourcesIn(statement).some((text) => text.includes('RegistryTable')))
    .filter((statement) => !JSON.stringify(statement.Condition ?? {}).includes('dynamodb:LeadingKeys'));
  expect(unconditioned).toEqual([]);
});

it('deletes no item of any table, but for the online items of versions that retire', () => {
  const deleting = [...policies].flatMap(([role, statements]) =>
    statements
      .filter(({ Action }) => [Action].flat().some((action) => /^dynamodb:(Delete|BatchWrite)/.test(action)))
      .map((statement) => [role, resourcesIn(statement).map((text) => /(\w+)Table/.exec(text)?.[0])]),
  );
  expect(deleting).toEqual([['FunctionsVersionsSweep', [expect.stringContaining('OnlineTable')]]]);
});

it('passes only the roles of models, and only to SageMaker', () => {
  const passing = [...policies.values()].flat().filter(({ Action }) => [Action].flat().includes('iam:PassRole'));
  expect(passing.length).toBeGreaterThan(0);
  for (const statement of passing) {
    expect(resourcesIn(statement)).toEqual(['arn:aws:iam::000000000000:role/headgate/dev/models/*']);
    expect(statement.Condition).toEqual({ StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' } });
  }
});

it('gives each function exactly the variables it reads', () => {
  const given = resourcesOf(platform, 'AWS::Lambda::Function').map(([, { Properties }]) => [
    Properties['Description'],
    Object.keys((Properties['Environment'] as { readonly Variables: object }).Variables).sort(), // shape of the type
  ]);
  const wanted = FUNCTION_NAMES.map((name) => [
    name,
    ['HEADGATE_STAGE', 'HEADGATE_VERSION', 'POWERTOOLS_SERVICE_NAME', ...FUNCTIONS[name].env].sort(),
  ]);
  expect(Object.fromEntries(given)).toEqual(Object.fromEntries(wanted));
});

it('starts from a state machine only the flow that a function is for', () => {
  const starting = (name: FunctionName) =>
    statementsOf(name)
      .filter(({ Action }) => [Action].flat().includes('states:StartExecution'))
      .flatMap(({ Resource }) => plainText(Resource).split(':').at(-1));
  expect(starting('ingestion/start-ingestion')).toEqual(['headgate-dev-ingest']);
  expect(starting('ingestion/start-table-ingestion')).toEqual(['headgate-dev-ingest-table']);
  expect(starting('operations/start-materialization')).toEqual(['headgate-dev-materialize']);
  expect(starting('operations/start-training')).toEqual(['headgate-dev-train']);
  expect(starting('operations/start-rollout')).toEqual(['headgate-dev-rollout']);
  expect(starting('operations/roll-back')).toEqual(['headgate-dev-rollout']);
});
