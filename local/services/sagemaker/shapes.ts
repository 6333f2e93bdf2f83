import * as z from 'zod';

/** Names of SageMaker resources: no underscore, no dot, at most 63 characters. */
export const entityName = z
  .string()
  .max(63)
  .regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'must match [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}');

export const s3Uri = z
  .string()
  .max(1024)
  .regex(/^(https|s3):\/\/([^/]+)\/?(.*)$/, 'must match (https|s3)://([^/]+)/?(.*)');

export const roleArn = z
  .string()
  .min(20)
  .max(2048)
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/, 'must be the ARN of an IAM role');

export const environment = (most: number) =>
  z
    .record(z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]{0,1023}$/), z.string().max(1024))
    .refine((map) => Object.keys(map).length <= most, `must have at most ${most} entries`);

export const tagList = z.array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) })).max(50);

export type TagList = z.infer<typeof tagList>;

/** Members that all list operations share. */
export const listMembers = {
  NameContains: z.string().max(63).optional(),
  StatusEquals: z.string().optional(),
  CreationTimeAfter: z.number().optional(),
  CreationTimeBefore: z.number().optional(),
  SortBy: z.enum(['Name', 'CreationTime', 'Status']).optional(),
  SortOrder: z.enum(['Ascending', 'Descending']).optional(),
  MaxResults: z.number().int().min(1).max(100).default(10),
  NextToken: z.string().optional(),
};

export const containerDefinition = z.object({
  Image: z.string().max(255).optional(),
  ModelDataUrl: s3Uri.optional(),
  Environment: environment(100).optional(),
  ContainerHostname: z.string().max(63).optional(),
  ModelPackageName: z.string().max(176).optional(),
});

export type ContainerDefinition = z.infer<typeof containerDefinition>;
