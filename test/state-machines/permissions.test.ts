import { expect, it } from 'vitest';
import { actionsOf, rolePolicies } from '../infra/policies.ts';
import { synthesize } from '../infra/synth.ts';
import { machines, withInner } from './machines.ts';

/** What Step Functions needs for each integration. Source: AWS Step Functions developer guide, IAM policies for integrated services. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  'arn:aws:states:::lambda:invoke': ['lambda:InvokeFunction'],
  'arn:aws:states:::lambda:invoke.waitForTaskToken': ['lambda:InvokeFunction'],
  'arn:aws:states:::athena:startQueryExecution.sync': [
    'athena:GetQueryExecution',
    'athena:StartQueryExecution',
    'athena:StopQueryExecution',
  ],
  'arn:aws:states:::sagemaker:createModel': ['iam:PassRole', 'sagemaker:CreateModel'],
  'arn:aws:states:::sagemaker:createTrainingJob.sync': [
    'events:DescribeRule',
    'events:PutRule',
    'events:PutTargets',
    'iam:PassRole',
    'sagemaker:CreateTrainingJob',
    'sagemaker:DescribeTrainingJob',
    'sagemaker:StopTrainingJob',
  ],
  'arn:aws:states:::sagemaker:createTransformJob.sync': [
    'events:DescribeRule',
    'events:PutRule',
    'events:PutTargets',
    'sagemaker:CreateTransformJob',
    'sagemaker:DescribeTransformJob',
    'sagemaker:StopTransformJob',
  ],
  'arn:aws:states:::sagemaker:createHyperParameterTuningJob.sync': [
    'events:DescribeRule',
    'events:PutRule',
    'events:PutTargets',
    'iam:PassRole',
    'sagemaker:CreateHyperParameterTuningJob',
    'sagemaker:DescribeHyperParameterTuningJob',
    'sagemaker:StopHyperParameterTuningJob',
  ],
  'arn:aws:states:::aws-sdk:sagemaker:describeTrainingJob': ['sagemaker:DescribeTrainingJob'],
  'arn:aws:states:::aws-sdk:glue:createTable': ['glue:CreateTable'],
  'arn:aws:states:::states:startExecution': ['states:StartExecution'],
};

const roles = rolePolicies(synthesize().platform);

it.each(machines)('the role of %s may do what each of its tasks asks for', (flow, machine) => {
  const role = `Flows${flow.replace(/(^|-)(.)/g, (_, __, letter: string) => letter.toUpperCase())}`;
  const allowed = actionsOf(roles.get(role) ?? []);
  const tasks = withInner(machine).flatMap(({ States }) => Object.entries(States).filter(([, s]) => s.Type === 'Task'));
  expect(tasks.length).toBeGreaterThan(0);
  for (const [name, { Resource = '' }] of tasks) {
    expect(NEEDED[Resource], `${flow}/${name} uses ${Resource}`).toBeDefined();
    expect(allowed, `${flow}/${name}`).toEqual(expect.arrayContaining([...NEEDED[Resource]!]));
  }
});
