import * as z from 'zod';
import { environment, roleArn, tagList } from './shapes.ts';
import { createTrainingJobInput } from './training-job-shape.ts';

const range = z.object({
  Name: z.string().max(256),
  MinValue: z.string().max(256),
  MaxValue: z.string().max(256),
  ScalingType: z.enum(['Auto', 'Linear', 'Logarithmic', 'ReverseLogarithmic']).default('Auto'),
});
const ranges = z.array(range).max(30).default([]);

export type ParameterRange = z.infer<typeof range>;

const ofTraining = createTrainingJobInput.shape;

export const createTuningJobInput = z.object({
  HyperParameterTuningJobName: z
    .string()
    .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}$/, 'must match [a-zA-Z0-9](-*[a-zA-Z0-9]){0,31}'),
  HyperParameterTuningJobConfig: z.object({
    Strategy: z.enum(['Bayesian', 'Random', 'Hyperband', 'Grid']),
    HyperParameterTuningJobObjective: z.object({
      Type: z.enum(['Maximize', 'Minimize']),
      MetricName: z.string().min(1).max(255),
    }),
    ResourceLimits: z.object({
      MaxNumberOfTrainingJobs: z.number().int().min(1),
      MaxParallelTrainingJobs: z.number().int().min(1),
      MaxRuntimeInSeconds: z.number().int().min(120).max(15_768_000).optional(),
    }),
    ParameterRanges: z.object({
      ContinuousParameterRanges: ranges,
      IntegerParameterRanges: ranges,
      CategoricalParameterRanges: z
        .array(z.object({ Name: z.string().max(256), Values: z.array(z.string().max(256)).min(1).max(30) }))
        .max(30)
        .default([]),
    }),
    TrainingJobEarlyStoppingType: z.enum(['Off', 'Auto']).default('Off'),
    RandomSeed: z.number().int().min(0).optional(),
  }),
  TrainingJobDefinition: z.object({
    StaticHyperParameters: z.record(z.string().max(256), z.string().max(2500)).default({}),
    AlgorithmSpecification: ofTraining.AlgorithmSpecification,
    RoleArn: roleArn,
    InputDataConfig: ofTraining.InputDataConfig,
    OutputDataConfig: ofTraining.OutputDataConfig,
    ResourceConfig: ofTraining.ResourceConfig,
    StoppingCondition: ofTraining.StoppingCondition,
    EnableNetworkIsolation: z.boolean().optional(),
    EnableManagedSpotTraining: z.boolean().optional(),
    Environment: environment(48).optional(),
  }),
  Tags: tagList.optional(),
});

export type CreateTuningJobInput = z.infer<typeof createTuningJobInput>;
