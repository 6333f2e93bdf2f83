import { describe, expect, it } from 'vitest';
import type { RolloutRequest } from '../../contracts/rollout.ts';
import { EvaluationRequest, RegisterReleaseRequest } from '../../contracts/training-flow.ts';
import { failure, type Script, walk } from './walk.ts';

const input = { model: 'churn', cause: 'a person', actor: 'arn:aws:iam::1:user/ann' };
const plan = { ...input, trainingId: 't-1', lastReleaseId: null, knowledgeCut: true, query: { QueryString: 'join' } };
const sealed = {
  trainingSetId: 'b'.repeat(64),
  uri: 's3://artifact/training-set/churn/b/',
  trainingJob: {
    TrainingJobName: 'headgate-dev-churn-t1',
    RoleArn: 'arn:role',
    HyperParameters: { num_round: '10' },
    ResourceConfig: { InstanceType: 'ml.m5.large' },
  },
};
const evaluation = (role: string) => ({
  role,
  model: { ModelName: role },
  transform: { TransformJobName: `t-${role}` },
});
const released = { releaseId: 'c'.repeat(64), passed: true, rolloutId: 'r-1', because: '' };

const artifact = {
  uri: `s3://artifact/model/churn/${'d'.repeat(64)}/model.tar.gz`,
  sha256: 'd'.repeat(64),
  sizeBytes: 7,
};

const smooth: Readonly<Record<string, Script>> = {
  'training/plan': () => plan,
  StartQueryExecution: () => undefined,
  'training/seal': () => sealed,
  CreateTrainingJob: () => undefined,
  'training/prepare-evaluation': () => ({ evaluations: [evaluation('candidate')], scored: ['candidate'], artifact }),
  CreateModel: () => undefined,
  CreateTransformJob: () => undefined,
  'training/register-release': () => ({ ...released, passed: false, because: 'auc is too low' }),
};
const run = (script: Readonly<Record<string, Script>>) => walk('train', input, { ...smooth, ...script });

describe('the train machine', () => {
  it('plans, joins, seals, trains, evaluates and registers', async () => {
    const { status, output, calls } = await run({});
    expect([status, output]).toEqual(['SUCCEEDED', { ...released, passed: false, because: 'auc is too low' }]);
    expect(calls).toEqual([
      'training/plan',
      'StartQueryExecution',
      'training/seal',
      'CreateTrainingJob',
      'training/prepare-evaluation',
      'CreateModel',
      'CreateTransformJob',
      'training/register-release',
    ]);
  });

  it('speaks to each function in the words of its contract', async () => {
    const { given } = await run({});
    expect(given['training/plan']?.[0]).toEqual({ ...input, executionName: expect.stringMatching(/^walk-/) });
    expect(given['CreateTrainingJob']?.[0]).toEqual(sealed.trainingJob);
    const { job } = EvaluationRequest.parse(given['training/prepare-evaluation']?.[0]);
    expect(job).toMatchObject({
      TrainingJobName: 'headgate-dev-churn-t1',
      ModelArtifacts: { S3ModelArtifacts: 's3://artifact/model.tar.gz' },
    });
    expect(RegisterReleaseRequest.parse(given['training/register-release']?.[0])).toMatchObject({
      scored: ['candidate'],
      artifact,
    });
  });

  it('goes on with the best job of a search', async () => {
    const tuningJob = { HyperParameterTuningJobName: 'search-1' };
    const { status, calls, given } = await run({
      'training/seal': () => ({ ...sealed, tuningJob }),
      CreateHyperParameterTuningJob: () => undefined,
    });
    expect(status).toBe('SUCCEEDED');
    expect(calls).not.toContain('CreateTrainingJob');
    expect(given['CreateHyperParameterTuningJob']?.[0]).toEqual(tuningJob);
    const asked = RegisterReleaseRequest.parse(given['training/register-release']?.[0]);
    expect(asked.job).toMatchObject({
      TrainingJobName: 'best-of-search',
      Search: { jobName: 'search-1', jobs: 4, metric: 'validation:auc', value: 0.75 },
    });
    expect(asked.sealed.trainingJob.HyperParameters).toEqual({ num_round: '12' });
  });

  it('scores the champion too when it is asked for', async () => {
    const { status, given } = await run({
      'training/prepare-evaluation': () => ({
        artifact,
        evaluations: [evaluation('candidate'), evaluation('champion')],
        scored: ['candidate', 'champion'],
      }),
    });
    expect(status).toBe('SUCCEEDED');
    expect(given['CreateTransformJob']?.map((request) => request['TransformJobName']).sort()).toEqual([
      't-candidate',
      't-champion',
    ]);
    expect(given['training/register-release']?.[0]?.['scored']).toEqual(['candidate', 'champion']);
  });

  it('goes on with a model that an earlier try has made', async () => {
    const { status } = await run({
      CreateModel: () => ({ isRefused: 'ValidationException', message: 'Cannot create already existing model "x".' }),
    });
    expect(status).toBe('SUCCEEDED');
  });

  it('fails when SageMaker refuses the model for another reason', async () => {
    const { status, calls } = await run({
      CreateModel: () => ({ isRefused: 'ValidationException', message: 'the image does not exist' }),
    });
    expect(status).toBe('FAILED');
    expect(calls).not.toContain('training/register-release');
  });

  it.each(['training/plan', 'training/seal', 'training/prepare-evaluation', 'training/register-release'])(
    'tells the error of %s',
    async (name) => {
      const { status, error } = await run({ [name]: () => Promise.reject(failure('TooFewRowsError')) });
      expect([status, error]).toEqual(['FAILED', 'TooFewRowsError']);
    },
  );

  it.each([
    ['says no', { ...released, passed: false }],
    ['says nothing', { releaseId: released.releaseId }],
    ['says yes in other words', { ...released, passed: 'yes' }],
  ])('starts no rollout when the judgement %s', async (_, answer) => {
    const { status, output, rollouts } = await run({ 'training/register-release': () => answer });
    expect([status, output, rollouts]).toEqual(['SUCCEEDED', answer, {}]);
  });

  it.each([
    ['false', false],
    ['nothing', undefined],
    ['yes in other words', 'true'],
  ])('ends a training whose plan says %s of the knowledge cut with a report, and registers nothing', async (_, cut) => {
    const leak = { ...plan, knowledgeCut: cut };
    const { status, output, calls, given, rollouts } = await run({
      'training/plan': () => leak,
      'training/measure-leak': () => ({ because: 'nothing leaks', passed: true, rolloutId: 'r-1' }),
    });
    expect([status, output]).toEqual(['SUCCEEDED', { because: 'nothing leaks', passed: true, rolloutId: 'r-1' }]);
    expect(calls.at(-1)).toBe('training/measure-leak');
    expect(calls).not.toContain('training/register-release');
    expect(rollouts).toEqual({});
    expect(given['training/measure-leak']?.[0]).toEqual({
      plan: JSON.parse(JSON.stringify(leak)),
      sealed,
      job: expect.objectContaining({ TrainingJobName: 'headgate-dev-churn-t1' }),
    });
  });

  it('hands a release that passed to the rollout machine under the name of its rollout', async () => {
    const { status, output, rollouts } = await run({ 'training/register-release': () => released });
    expect([status, output]).toEqual(['SUCCEEDED', released]);
    expect(Object.keys(rollouts)).toEqual(['r-1']);
    expect(rollouts['r-1']).toEqual({
      rolloutId: 'r-1',
      model: 'churn',
      releaseId: released.releaseId,
      kind: 'release',
      force: false,
      cause: input.cause,
      actor: input.actor,
    } satisfies RolloutRequest);
  });
});
