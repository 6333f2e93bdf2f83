import * as z from 'zod';
import { entityName, environment, roleArn, s3Uri, tagList } from './shapes.ts';

const channel = z.object({
  ChannelName: z.string().regex(/^[A-Za-z0-9.\-_]{1,64}$/, 'must match [A-Za-z0-9.\\-_]{1,64}'),
  ContentType: z.string().max(256).optional(),
  CompressionType: z.enum(['None', 'Gzip']).optional(),
  RecordWrapperType: z.enum(['None', 'RecordIO']).optional(),
  InputMode: z.enum(['Pipe', 'File', 'FastFile']).optional(),
  DataSource: z.object({
    S3DataSource: z.object({
      S3DataType: z.enum(['S3Prefix', 'ManifestFile', 'AugmentedManifestFile']),
      S3Uri: s3Uri,
      S3DataDistributionType: z.enum(['FullyReplicated', 'ShardedByS3Key']).optional(),
    }),
  }),
});

export type Channel = z.infer<typeof channel>;

export const createTrainingJobInput = z.object({
  TrainingJobName: entityName.min(1),
  RoleArn: roleArn,
  AlgorithmSpecification: z.object({
    TrainingImage: z.string().max(255).optional(),
    AlgorithmName: z.string().max(170).optional(),
    TrainingInputMode: z.enum(['Pipe', 'File', 'FastFile']),
    MetricDefinitions: z
      .array(z.object({ Name: z.string().min(1).max(255), Regex: z.string().min(1).max(500) }))
      .max(40)
      .optional(),
    EnableSageMakerMetricsTimeSeries: z.boolean().optional(),
  }),
  HyperParameters: z
    .record(
      z.string().max(256),
      z.string({ error: 'must be text; SageMaker takes no other hyperparameters' }).max(2500),
    )
    .refine((map) => Object.keys(map).length <= 100, 'must have at most 100 entries')
    .optional(),
  InputDataConfig: z.array(channel).min(1).max(20).optional(),
  OutputDataConfig: z.object({
    S3OutputPath: s3Uri,
    KmsKeyId: z.string().max(2048).optional(),
    CompressionType: z.enum(['GZIP', 'NONE']).optional(),
  }),
  ResourceConfig: z
    .object({
      InstanceType: z.string().regex(/^ml\./, 'must be an instance type such as ml.m5.xlarge').optional(),
      InstanceCount: z.number().int().min(1).optional(),
      VolumeSizeInGB: z.number().int().min(0).optional(),
      VolumeKmsKeyId: z.string().optional(),
      KeepAlivePeriodInSeconds: z.number().int().min(0).max(21_600).optional(),
    })
    .optional(),
  StoppingCondition: z
    .object({
      MaxRuntimeInSeconds: z.number().int().min(1).max(2_419_200).optional(),
      MaxWaitTimeInSeconds: z.number().int().min(1).optional(),
      MaxPendingTimeInSeconds: z.number().int().min(7_200).max(2_419_200).optional(),
    })
    .optional(),
  Environment: environment(100).optional(),
  EnableManagedSpotTraining: z.boolean().optional(),
  EnableNetworkIsolation: z.boolean().optional(),
  EnableInterContainerTrafficEncryption: z.boolean().optional(),
  VpcConfig: z.object({ SecurityGroupIds: z.array(z.string()).min(1), Subnets: z.array(z.string()).min(1) }).optional(),
  CheckpointConfig: z.object({ S3Uri: s3Uri, LocalPath: z.string().optional() }).optional(),
  RetryStrategy: z.object({ MaximumRetryAttempts: z.number().int().min(1).max(30) }).optional(),
  ExperimentConfig: z.record(z.string(), z.string()).optional(),
  Tags: tagList.optional(),
});

export type CreateTrainingJobInput = z.infer<typeof createTrainingJobInput>;
