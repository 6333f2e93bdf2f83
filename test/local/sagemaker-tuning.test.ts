import {
  CreateHyperParameterTuningJobCommand,
  type CreateHyperParameterTuningJobCommandInput,
  DescribeHyperParameterTuningJobCommand,
  DescribeTrainingJobCommand,
  StopHyperParameterTuningJobCommand,
} from '@aws-sdk/client-sagemaker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/stats/seeded-random.ts';
import { drawHyperparameters } from '../../local/services/sagemaker/draw-hyperparameters.ts';
import { createTuningJobInput } from '../../local/services/sagemaker/tuning-job-shape.ts';
import { BUCKET, IMAGE, ROLE, type SageMakerLab, sageMakerLab, until } from './sagemaker-lab.ts';

let lab: SageMakerLab;

beforeAll(async () => {
  lab = await sageMakerLab({ images: ['sleepy=sh -c "sleep 600"'] });
  const random = seededRandom(3);
  const rows = Array.from({ length: 300 }, () => {
    const [a, b] = [random(), random()];
    return `${a > 0.5 !== b > 0.5 ? 1 : 0},${a.toFixed(3)},${b.toFixed(3)}`;
  });
  await lab.put('data/train/part.csv', rows.slice(0, 200).join('\n'));
  await lab.put('data/validation/part.csv', rows.slice(200).join('\n'));
});

afterAll(() => lab.close());

const channel = (name: string) => ({
  ChannelName: name,
  ContentType: 'text/csv',
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://${BUCKET}/data/${name}/` } },
});
const search = (
  name: string,
  config: object = {},
  definition: object = {},
): CreateHyperParameterTuningJobCommandInput => ({
  HyperParameterTuningJobName: name,
  HyperParameterTuningJobConfig: {
    Strategy: 'Bayesian',
    HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'validation:auc' },
    ResourceLimits: { MaxNumberOfTrainingJobs: 5, MaxParallelTrainingJobs: 2 },
    ParameterRanges: {
      ContinuousParameterRanges: [{ Name: 'eta', MinValue: '0.01', MaxValue: '0.5', ScalingType: 'Logarithmic' }],
      IntegerParameterRanges: [{ Name: 'max_depth', MinValue: '1', MaxValue: '4', ScalingType: 'Auto' }],
    },
    RandomSeed: 7,
    ...config,
  },
  TrainingJobDefinition: {
    StaticHyperParameters: { num_round: '8', objective: 'binary:logistic' },
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: 'File' },
    RoleArn: ROLE,
    InputDataConfig: [channel('train'), channel('validation')],
    OutputDataConfig: { S3OutputPath: `s3://${BUCKET}/out/` },
    ResourceConfig: { InstanceType: 'ml.m5.large', InstanceCount: 1, VolumeSizeInGB: 5 },
    StoppingCondition: { MaxRuntimeInSeconds: 600 },
    ...definition,
  },
});
const start = (input: CreateHyperParameterTuningJobCommandInput) =>
  lab.client.send(new CreateHyperParameterTuningJobCommand(input));
const read = (HyperParameterTuningJobName: string) =>
  lab.client.send(new DescribeHyperParameterTuningJobCommand({ HyperParameterTuningJobName }));
const untilOver = (name: string) =>
  until(
    () => read(name),
    ({ HyperParameterTuningJobStatus: status }) => status !== 'InProgress' && status !== 'Stopping',
  );

describe('a tuning job', () => {
  it('trains as often as it is told and knows the best', async () => {
    await start(search('xor'));
    const job = await untilOver('xor');
    expect(job.HyperParameterTuningJobStatus).toBe('Completed');
    expect(job.TrainingJobStatusCounters).toMatchObject({ Completed: 5, InProgress: 0 });
    const names = Object.values(
      lab.region.events.flatMap(({ detail }) =>
        detail['TrainingJobStatus'] === 'Completed' ? [String(detail['TrainingJobName'])] : [],
      ),
    );
    const trained = await Promise.all(
      names.map((TrainingJobName) => lab.client.send(new DescribeTrainingJobCommand({ TrainingJobName }))),
    );
    const values = trained.map(
      ({ FinalMetricDataList = [] }) => FinalMetricDataList.find((one) => one.MetricName === 'validation:auc')?.Value,
    );
    expect(values).toHaveLength(5);
    expect(new Set(values).size).toBeGreaterThan(1);
    const best = job.BestTrainingJob;
    expect(best?.FinalHyperParameterTuningJobObjectiveMetric?.Value).toBe(Math.max(...values.map(Number)));
    const winner = trained.find(({ TrainingJobName }) => TrainingJobName === best?.TrainingJobName);
    expect(winner?.HyperParameters).toMatchObject({ ...best?.TunedHyperParameters, num_round: '8' });
    expect(winner?.ModelArtifacts?.S3ModelArtifacts).toMatch(/model\.tar\.gz$/);
  });

  it('stops with its training jobs', async () => {
    const AlgorithmSpecification = { TrainingImage: 'sleepy', TrainingInputMode: 'File' as const };
    await start(search('slow', {}, { AlgorithmSpecification }));
    await until(
      () => read('slow'),
      ({ TrainingJobStatusCounters: counters }) => counters?.InProgress === 2,
    );
    await lab.client.send(new StopHyperParameterTuningJobCommand({ HyperParameterTuningJobName: 'slow' }));
    expect((await untilOver('slow')).HyperParameterTuningJobStatus).toBe('Stopped');
    await until(
      () => read('slow'),
      ({ TrainingJobStatusCounters: counters }) => counters?.Stopped === 2,
    );
  });

  it('fails when none of its jobs gives a value', async () => {
    const StaticHyperParameters = { num_round: 'many', objective: 'binary:logistic' };
    await start(search('hopeless', {}, { StaticHyperParameters }));
    const job = await untilOver('hopeless');
    expect(job.HyperParameterTuningJobStatus).toBe('Failed');
    expect(job.FailureReason).toMatch(/no training job of the search gave a value/);
  });

  it.each([
    ['the name of another', search('xor'), /already exists/],
    ['a name of 33 characters', search('a'.repeat(33)), /HyperParameterTuningJobName/],
    [
      'more jobs at once than in all',
      search('n1', { ResourceLimits: { MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 2 } }),
      /must not exceed/,
    ],
    ['a strategy that the laptop lacks', search('n2', { Strategy: 'Grid' }), /the laptop has Bayesian and Random/],
    ['nothing to search', search('n3', { ParameterRanges: {} }), /ParameterRanges are empty/],
    [
      'a range the wrong way round',
      search('n4', { ParameterRanges: { ContinuousParameterRanges: [{ Name: 'eta', MinValue: '1', MaxValue: '0' }] } }),
      /MinValue 1, MaxValue 0/,
    ],
    [
      'a hyperparameter that is declared as well',
      search('n5', {}, { StaticHyperParameters: { num_round: '5', eta: '0.1' } }),
      /eta is both static and searched/,
    ],
  ])('is refused with %s', async (_, input, message) => {
    await expect(start(input)).rejects.toThrow(message);
  });
});

it('draws inside the ranges, both ends of whole numbers included, and the same again', () => {
  const input = createTuningJobInput.parse(search('draw'));
  const drawn = Array.from({ length: 400 }, (_, i) => drawHyperparameters(input, i));
  expect(drawHyperparameters(input, 17)).toEqual(drawn[17]);
  const etas = drawn.map(({ eta }) => Number(eta)).sort((a, b) => a - b);
  expect(etas[0]).toBeGreaterThanOrEqual(0.01);
  expect(etas.at(-1)).toBeLessThanOrEqual(0.5);
  expect(etas[200]).toBeCloseTo(Math.sqrt(0.01 * 0.5), 1);
  expect([...new Set(drawn.map(({ max_depth }) => max_depth))].sort()).toEqual(['1', '2', '3', '4']);
});
