import { type ContainerImages, UnknownImageError } from '../../containers/images.ts';
import { AwsError, type Caller, type Region } from '../../service.ts';
import type { JsonStore } from '../../state/json-store.ts';

/** Resource types in SageMaker's ARNs. */
export type SageMakerKind =
  | 'training-job'
  | 'transform-job'
  | 'hyper-parameter-tuning-job'
  | 'model'
  | 'endpoint-config'
  | 'endpoint'
  | 'model-package'
  | 'model-package-group';

/** What every part of the SageMaker stand-in works with. */
export interface SageMakerScope {
  readonly region: Region;
  readonly store: JsonStore;
  readonly images: ContainerImages;
}

export function arnOf({ region }: SageMakerScope, kind: SageMakerKind, name: string): string {
  return `arn:aws:sagemaker:${region.regionName}:${region.accountId}:${kind}/${name}`;
}

/** The instant as the JSON protocol writes it: seconds since 1970 with a fraction. */
export function nowSeconds({ region }: SageMakerScope): number {
  return region.clock.now().getTime() / 1000;
}

/** Asks the caller's policies for one SageMaker action. */
export function allow(scope: SageMakerScope, caller: Caller, action: string, resource: string): void {
  scope.region.authorize(caller, `sagemaker:${action}`, resource);
}

/** Handing a role to SageMaker needs `iam:PassRole` on it, for SageMaker. */
export function allowPassRole({ region }: SageMakerScope, caller: Caller, roleArn: string): void {
  region.authorize(caller, 'iam:PassRole', roleArn, { 'iam:PassedToService': 'sagemaker.amazonaws.com' });
}

export function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** @throws AwsError ValidationException when no process plays the image */
export function requireImage({ images }: SageMakerScope, imageUri: string): void {
  try {
    images.commandFor(imageUri);
  } catch (error) {
    throw error instanceof UnknownImageError ? invalid(error.message) : error;
  }
}
