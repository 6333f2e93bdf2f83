import { expect, it } from 'vitest';
import { actionsOf, resourcesIn, rolePolicies, type Statement } from './policies.ts';
import { synthesize } from './synth.ts';

const { data, platform, model } = synthesize();
const roles = new Map([data, platform, model].flatMap((template) => [...rolePolicies(template)]));

const RUN_A_MACHINE = [
  'lambda:InvokeFunction',
  'logs:CreateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:DescribeLogGroups',
  'logs:DescribeResourcePolicies',
  'logs:GetLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:UpdateLogDelivery',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];
const QUERY = [
  'athena:GetDataCatalog',
  'athena:GetQueryExecution',
  'athena:StartQueryExecution',
  'athena:StopQueryExecution',
  'glue:GetDatabase',
  'glue:GetPartitions',
  'glue:GetTable',
  's3:AbortMultipartUpload',
  's3:GetBucketLocation',
  's3:GetObject',
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:ListMultipartUploadParts',
  's3:PutObject',
];
const RUN_JOBS = [
  'events:DescribeRule',
  'events:PutRule',
  'events:PutTargets',
  'iam:PassRole',
  'sagemaker:AddTags',
  'sagemaker:CreateModel',
  'sagemaker:CreateTrainingJob',
  'sagemaker:CreateTransformJob',
  'sagemaker:DescribeTrainingJob',
  'sagemaker:DescribeTransformJob',
  'sagemaker:ListTags',
  'sagemaker:StopTrainingJob',
  'sagemaker:StopTransformJob',
];
const DELIVER = [
  'glue:GetTable',
  'glue:GetTableVersion',
  'glue:GetTableVersions',
  'logs:PutLogEvents',
  's3:AbortMultipartUpload',
  's3:GetBucketLocation',
  's3:ListBucket',
  's3:ListBucketMultipartUploads',
  's3:PutObject',
];

const SEARCH = [
  'sagemaker:CreateHyperParameterTuningJob',
  'sagemaker:DescribeHyperParameterTuningJob',
  'sagemaker:StopHyperParameterTuningJob',
];

/** Every action of every role that is not a function's. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  FlowsIngest: RUN_A_MACHINE,
  FlowsIngestTable: [...RUN_A_MACHINE, ...QUERY.filter((action) => !action.startsWith('glue:'))],
  FlowsMaterialize: [...RUN_A_MACHINE, ...QUERY, 'glue:CreateTable'],
  FlowsTrain: [...RUN_A_MACHINE, ...QUERY, ...RUN_JOBS, ...SEARCH, 'states:StartExecution'],
  FlowsRollout: [...RUN_A_MACHINE, ...QUERY, 'states:StartExecution'],
  FlowsReconcile: RUN_A_MACHINE,
  FlowsTrainingSet: [...RUN_A_MACHINE, ...QUERY],
  FlowsSkewAudit: [...RUN_A_MACHINE, ...QUERY],
  FlowsDriftScan: [...RUN_A_MACHINE, ...QUERY],
  FlowsBatchPredict: [...RUN_A_MACHINE, ...QUERY, ...RUN_JOBS.filter((action) => !action.includes('TrainingJob'))],
  AuditCheckpoints: ['lambda:InvokeFunction'],
  Freshness: ['lambda:InvokeFunction'],
  RetrainingTriggers: ['lambda:InvokeFunction'],
  Schedules: ['states:StartExecution'],
  VersionSchedules: ['lambda:InvokeFunction', 'states:StartExecution'],
  PredictionStreamDelivery: DELIVER,
  OutcomeStreamDelivery: DELIVER,
  Execution: [
    'cloudwatch:PutMetricData',
    'ecr:BatchCheckLayerAvailability',
    'ecr:BatchGetImage',
    'ecr:GetAuthorizationToken',
    'ecr:GetDownloadUrlForLayer',
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:DescribeLogStreams',
    'logs:PutLogEvents',
    's3:AbortMultipartUpload',
    's3:GetObject',
    's3:ListBucket',
    's3:PutObject',
  ],
};

/** Actions that AWS lets nobody narrow to a resource, or that a condition narrows instead. */
const NEEDS_STAR = [
  ...RUN_A_MACHINE.filter((action) => action.startsWith('logs:')),
  'application-autoscaling:DescribeScalableTargets',
  'cloudwatch:PutMetricData',
  'ecr:GetAuthorizationToken',
  'sagemaker:ListEndpointConfigs',
  'sagemaker:ListModelPackages',
  ...RUN_A_MACHINE.filter((action) => action.startsWith('xray:')),
];

it.each(Object.keys(ACTIONS))('%s may do exactly what the table says', (name) => {
  expect(actionsOf(roles.get(name) ?? [])).toEqual([...ACTIONS[name]!].sort());
});

it('has no role beside those of the two tables', () => {
  expect([...roles.keys()].filter((name) => !name.startsWith('Functions')).sort()).toEqual(Object.keys(ACTIONS).sort());
});

const statements: readonly (readonly [string, Statement])[] = [...roles].flatMap(([name, of]) =>
  of.map((statement) => [name, statement] as const),
);

it('allows on every resource only what cannot be narrowed', () => {
  const wide = statements.filter(([, statement]) => resourcesIn(statement).includes('*'));
  const actions = wide.flatMap(([, { Action }]) => Action);
  expect(actions.filter((action) => !NEEDS_STAR.includes(action))).toEqual([]);
});

it('never allows a whole family of actions, and never everything but something', () => {
  expect(statements.flatMap(([, { Action }]) => Action).filter((action) => action.includes('*'))).toEqual([]);
  expect(statements.filter(([, statement]) => 'NotAction' in statement || 'NotResource' in statement)).toEqual([]);
});

it('lets a model read and write only under its own name', () => {
  const objects = (roles.get('Execution') ?? [])
    .filter(({ Action }) => [Action].flat().some((action) => /Object|Upload/.test(action)))
    .flatMap(resourcesIn);
  expect(objects.length).toBeGreaterThan(0);
  expect(objects.filter((resource) => !resource.endsWith('/churn_1/*'))).toEqual([]);
});

it('lets every role be assumed by one service alone', () => {
  for (const template of [data, platform, model]) {
    for (const role of Object.values(template.findResources('AWS::IAM::Role'))) {
      const [trust, ...more] = role['Properties'].AssumeRolePolicyDocument.Statement;
      expect(more).toEqual([]);
      expect(trust.Principal).toEqual({ Service: expect.stringMatching(/^[a-z]+\.amazonaws\.com$/) });
    }
  }
});
