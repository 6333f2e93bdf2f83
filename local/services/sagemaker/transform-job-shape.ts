import * as z from 'zod';
import { entityName, environment, s3Uri, tagList } from './shapes.ts';

export const createTransformJobInput = z.object({
  TransformJobName: entityName.min(1),
  ModelName: entityName,
  MaxConcurrentTransforms: z.number().int().min(0).optional(),
  ModelClientConfig: z
    .object({
      InvocationsTimeoutInSeconds: z.number().int().min(1).max(3600).optional(),
      InvocationsMaxRetries: z.number().int().min(0).max(3).optional(),
    })
    .optional(),
  MaxPayloadInMB: z.number().int().min(0).max(100).optional(),
  BatchStrategy: z.enum(['MultiRecord', 'SingleRecord']).optional(),
  Environment: environment(16).optional(),
  TransformInput: z.object({
    DataSource: z.object({
      S3DataSource: z.object({ S3DataType: z.enum(['S3Prefix', 'ManifestFile']), S3Uri: s3Uri }),
    }),
    ContentType: z.string().max(256).optional(),
    CompressionType: z.enum(['None', 'Gzip']).optional(),
    SplitType: z.enum(['None', 'Line', 'RecordIO', 'TFRecord']).optional(),
  }),
  TransformOutput: z.object({
    S3OutputPath: s3Uri,
    Accept: z.string().max(256).optional(),
    AssembleWith: z.enum(['None', 'Line']).optional(),
    KmsKeyId: z.string().max(2048).optional(),
  }),
  TransformResources: z.object({
    InstanceType: z.string().regex(/^ml\./, 'must be an instance type such as ml.m5.xlarge'),
    InstanceCount: z.number().int().min(1),
    VolumeKmsKeyId: z.string().optional(),
  }),
  DataProcessing: z
    .object({
      InputFilter: z.string().max(63).optional(),
      OutputFilter: z.string().max(63).optional(),
      JoinSource: z.enum(['Input', 'None']).optional(),
    })
    .optional(),
  ExperimentConfig: z.record(z.string(), z.string()).optional(),
  Tags: tagList.optional(),
});

export type CreateTransformJobInput = z.infer<typeof createTransformJobInput>;
