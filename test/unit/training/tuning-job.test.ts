import { describe, expect, it } from 'vitest';
import { entity, futureLabel, metricGate, model, source } from '#headgate';
import { hyperparametersOf, trainingJob } from '../../../lambdas/use-cases/training/training-job.ts';
import { tuningJob } from '../../../lambdas/use-cases/training/tuning-job.ts';
import { createTuningJobInput } from '../../../local/services/sagemaker/tuning-job-shape.ts';

const customer = entity({ name: 'customer', joinKeys: { customer_id: 'string' }, description: 'who', owner: 'team' });
const orders = source({
  name: 'orders',
  columns: { customer_id: 'string', at: 'timestamp', price: 'float64' },
  eventTime: 'at',
  description: 'what',
  owner: 'team',
});
const RANGES = {
  eta: { min: 0.02, max: 0.3, scaling: 'logarithmic' },
  max_depth: { min: 2, max: 8 },
  num_round: { min: 20, max: 200 },
} as const;
const searching = (tuning: object | undefined, hyperparameters: object = {}) =>
  model({
    name: 'buyer',
    purpose: 'guess',
    owner: 'team',
    riskClass: 'low',
    entity: customer,
    problem: 'binary',
    label: futureLabel({
      source: orders,
      every: '7d',
      activeWithin: '60d',
      aggregation: 'count',
      horizon: '14d',
      positiveAtLeast: 1,
    }),
    features: ['spend:spend_7d'],
    training: {
      hyperparameters: { num_round: 5, seed: 9, ...hyperparameters },
      ...(tuning === undefined ? {} : { tuning: tuning as { ranges: typeof RANGES } }),
    },
    gates: [metricGate({ metric: 'auc', atLeast: 0.6 })],
  });
const partsOf = (defined: ReturnType<typeof searching>) => ({
  model: defined,
  hyperparameters: hyperparametersOf(defined),
  hosting: {
    name: 'buyer',
    endpointName: 'headgate-dev-a-model-with-quite-a-long-name',
    executionRoleArn: 'arn:aws:iam::000000000000:role/headgate/dev/buyer',
    modelPackageGroup: 'headgate-dev-buyer',
    image: 'xgboost',
    route: {
      model: 'buyer',
      endpointName: 'headgate-dev-a-model-with-quite-a-long-name',
      champion: null,
      challenger: null,
      shadow: null,
      epoch: 0,
    },
  },
  trainingId: '0123456789abcdef',
  trainingSetId: 'b'.repeat(64),
  uri: 's3://artifact/training-set/buyer/b/',
  artifactBucket: 'artifact',
});

describe('the search of a model', () => {
  it('is none unless it is declared', () => {
    expect(tuningJob(partsOf(searching(undefined)))).toBeNull();
  });

  it('is a request that SageMaker takes, on the same rows as a training job', () => {
    const parts = partsOf(searching({ ranges: RANGES, jobs: 12, parallel: 3 }));
    const job = tuningJob(parts);
    const read = createTuningJobInput.parse(job);
    expect(read.HyperParameterTuningJobName).toBe('headgate-dev-a-mode-0123456789ab');
    expect(read.HyperParameterTuningJobConfig).toEqual({
      Strategy: 'Bayesian',
      HyperParameterTuningJobObjective: { Type: 'Maximize', MetricName: 'validation:auc' },
      ResourceLimits: { MaxNumberOfTrainingJobs: 12, MaxParallelTrainingJobs: 3 },
      ParameterRanges: {
        ContinuousParameterRanges: [{ Name: 'eta', MinValue: '0.02', MaxValue: '0.3', ScalingType: 'Logarithmic' }],
        IntegerParameterRanges: [
          { Name: 'max_depth', MinValue: '2', MaxValue: '8', ScalingType: 'Auto' },
          { Name: 'num_round', MinValue: '20', MaxValue: '200', ScalingType: 'Auto' },
        ],
        CategoricalParameterRanges: [],
      },
      TrainingJobEarlyStoppingType: 'Off',
      RandomSeed: 9,
    });
    const { TrainingJobName, HyperParameters, Tags, ...run } = trainingJob(parts);
    const { StaticHyperParameters, ...same } = { ...(job?.['TrainingJobDefinition'] as Record<string, unknown>) }; // of the request
    expect(same).toEqual(run);
    expect(StaticHyperParameters).toEqual({ objective: 'binary:logistic', eval_metric: 'logloss', seed: '9' });
  });

  it.each([
    [{ ranges: {} }, {}, '{} searches nothing'],
    [{ ranges: { learning: { min: 0, max: 1 } } }, {}, '"learning" cannot be searched; known: alpha'],
    [{ ranges: { eta: { min: 0.3, max: 0.1 } } }, {}, 'min 0.3 is not below max 0.1'],
    [{ ranges: { eta: { min: 0, max: 1, scaling: 'logarithmic' } } }, {}, 'logarithmic scaling needs a min above 0'],
    [{ ranges: { max_depth: { min: 1.5, max: 3 } } }, {}, '1.5 to 3 is not of whole numbers'],
    [{ ranges: { eta: { min: 0.1, max: 0.2 } } }, { eta: 0.1 }, 'training.hyperparameters sets eta to 0.1'],
    [{ ranges: RANGES, jobs: 2, parallel: 3 }, {}, '3 jobs at once of 2 in all'],
    [{ ranges: RANGES, objective: 'rmse' }, {}, '"rmse" does not fit a binary model; write one of auc, logloss'],
    [{ ranges: RANGES, strategy: 'Grid' }, {}, '"Grid" is not allowed; write one of "Bayesian", "Random"'],
    [{ ranges: RANGES, trials: 3 }, {}, 'unknown key "trials"; known: strategy, jobs, parallel, objective, ranges'],
  ])('is refused as %j', (tuning, hyperparameters, problem) => {
    expect(() => searching(tuning, hyperparameters)).toThrow(problem);
  });
});
