import type { BatchScope, EncodedBatch } from '../../../contracts/batch-prediction.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import type { Artifact } from '../../../core/release/release-manifest.ts';
import { sagemakerName } from '../../../core/release/sagemaker-name.ts';
import type { RegisteredModel } from '../../ports/model-registry.ts';
import { inputPrefix, outputPrefix } from './batch-places.ts';

/** Far above the longest row, and what SageMaker takes by default. */
const MAX_PAYLOAD_MB = 6;

/**
 * What scores the rows of a batch prediction: the release's own artifact in its own container. Names are digests of what
 * they stand for, so a repeated call asks for the same model and the same job.
 */
export function transformJob(
  scope: BatchScope,
  asked: {
    readonly registered: Pick<RegisteredModel, 'endpointName' | 'executionRoleArn'>;
    readonly artifact: Pick<Artifact, 'uri' | 'image'>;
    readonly instanceType: string;
  },
  { artifactBucket }: { readonly artifactBucket: string },
): NonNullable<EncodedBatch['job']> {
  const { registered, artifact, instanceType } = asked;
  const { endpointName, executionRoleArn } = registered;
  const contents = { artifact: artifact.uri, image: artifact.image, role: executionRoleArn };
  const ModelName = sagemakerName(endpointName, `batch-${digestOf(contents).slice(0, 12)}`);
  return {
    model: {
      ModelName,
      ExecutionRoleArn: executionRoleArn,
      EnableNetworkIsolation: true,
      PrimaryContainer: { Image: artifact.image, ModelDataUrl: artifact.uri },
    },
    transform: {
      TransformJobName: sagemakerName(endpointName, `batch-${scope.batchId.slice(0, 12)}`),
      ModelName,
      BatchStrategy: 'MultiRecord',
      MaxPayloadInMB: MAX_PAYLOAD_MB,
      TransformInput: {
        ContentType: 'text/csv',
        SplitType: 'Line',
        DataSource: {
          S3DataSource: { S3DataType: 'S3Prefix', S3Uri: `s3://${artifactBucket}/${inputPrefix(scope)}` },
        },
      },
      TransformOutput: {
        S3OutputPath: `s3://${artifactBucket}/${outputPrefix(scope)}`,
        Accept: 'text/csv',
        AssembleWith: 'Line',
      },
      TransformResources: { InstanceType: instanceType, InstanceCount: 1 },
    },
  };
}
