import {
  CreateModelPackageCommand,
  DescribeModelPackageCommand,
  ListModelPackagesCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';
import type { ModelPackage, ModelPackages, WantedPackage } from '../../ports/model-packages.ts';
import { answerOf } from './aws-failure.ts';

/** SageMaker's limit for a token and for what it keeps as a description. */
const TOKEN_LENGTH = 36;
const DESCRIPTION_LENGTH = 1024;
const CSV = 'text/csv';

/**
 * A package's description begins with its release, because that is what a listing tells of it: SageMaker forgets the
 * token of a request after a while, and the release is then found by looking.
 */
export function sagemakerModelPackages(sagemaker: SageMakerClient): ModelPackages {
  return {
    keep: (wanted) =>
      answerOf(`SageMaker model package of release ${wanted.releaseId}`, keepPackage(sagemaker, wanted)),
  };
}

async function keepPackage(sagemaker: SageMakerClient, wanted: WantedPackage): Promise<ModelPackage> {
  const arn = (await findPackage(sagemaker, wanted)) ?? (await createPackage(sagemaker, wanted));
  const made = await sagemaker.send(new DescribeModelPackageCommand({ ModelPackageName: arn }));
  return { arn, imageDigest: made.InferenceSpecification?.Containers?.[0]?.ImageDigest ?? null };
}

async function findPackage(sagemaker: SageMakerClient, wanted: WantedPackage): Promise<string | null> {
  let next: string | undefined;
  do {
    const page = await sagemaker.send(
      new ListModelPackagesCommand({ ModelPackageGroupName: wanted.group, MaxResults: 100, NextToken: next }),
    );
    const found = page.ModelPackageSummaryList?.find(({ ModelPackageDescription: text }) =>
      text?.startsWith(titleOf(wanted)),
    );
    if (found?.ModelPackageArn !== undefined) return found.ModelPackageArn;
    next = page.NextToken;
  } while (next !== undefined);
  return null;
}

async function createPackage(sagemaker: SageMakerClient, wanted: WantedPackage): Promise<string> {
  const { ModelPackageArn: arn = '' } = await sagemaker.send(
    new CreateModelPackageCommand({
      ClientToken: wanted.releaseId.slice(0, TOKEN_LENGTH),
      ModelPackageGroupName: wanted.group,
      ModelPackageDescription: descriptionOf(wanted),
      ModelApprovalStatus: wanted.isApproved ? 'Approved' : 'Rejected',
      InferenceSpecification: {
        Containers: [{ Image: wanted.image, ModelDataUrl: wanted.artifactUri }],
        SupportedContentTypes: [CSV],
        SupportedResponseMIMETypes: [CSV],
        SupportedRealtimeInferenceInstanceTypes: [wanted.servingInstanceType as never], // the SDK's union lags behind the instance types AWS takes
      },
      ModelMetrics: {
        ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: wanted.metricsUri } },
      },
      CustomerMetadataProperties: { ...wanted.metadata },
    }),
  );
  return arn;
}

function titleOf({ releaseId }: WantedPackage): string {
  return `Release ${releaseId}`;
}

/** Reasons quote values of the data, which may hold what SageMaker does not take: control characters, halves of pairs. */
function descriptionOf(wanted: WantedPackage): string {
  return `${titleOf(wanted)}: ${wanted.because}`.slice(0, DESCRIPTION_LENGTH).replaceAll(/\p{C}+/gu, ' ');
}
