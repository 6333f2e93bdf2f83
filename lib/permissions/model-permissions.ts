import { allow, type Grant } from './grant.ts';
import { listBucket, readObjects, writeObjects } from './storage-grants.ts';

export interface ModelResources {
  readonly model: string;
  readonly artifactBucket: string;
  /** ARN of the repository of the container image. */
  readonly imageRepository: string;
  /** Log groups of SageMaker, wildcard included. */
  readonly logGroups: string;
}

/**
 * What a model's containers may do, through SageMaker: read its training sets and artifacts, write scores and what they
 * train, and log. What has been released they cannot write.
 */
export function modelPermissions({
  model,
  artifactBucket,
  imageRepository,
  logGroups,
}: ModelResources): readonly Grant[] {
  return [
    readObjects(
      artifactBucket,
      `batch-input/${model}/`,
      `evaluation/${model}/`,
      `model/${model}/`,
      `training-set/${model}/`,
    ),
    writeObjects(
      artifactBucket,
      `batch-output/${model}/`,
      `capture/${model}/`,
      `evaluation/${model}/`,
      `training-output/${model}/`,
    ),
    allow('s3:AbortMultipartUpload', `${artifactBucket}/training-output/${model}/*`, {
      because: 'SageMaker uploads large artifacts in parts, under keys it makes up itself',
    }),
    listBucket(artifactBucket),
    allow('ecr:GetAuthorizationToken', '*', { because: 'a registry’s token has no resource to name' }),
    allow(['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], imageRepository),
    allow(['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'], logGroups, {
      because: 'SageMaker names the log groups of jobs and endpoints, under this prefix',
    }),
    allow('cloudwatch:PutMetricData', '*', {
      because: 'CloudWatch has no resource to name for metrics; the condition keeps it to SageMaker’s namespaces',
      conditions: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
    }),
  ];
}
