import type { DataCaptureConfig, EndpointConfigRecord, ProductionVariant } from './endpoint-configs.ts';

export type EndpointStatus =
  | 'Creating'
  | 'Updating'
  | 'RollingBack'
  | 'InService'
  | 'OutOfService'
  | 'Deleting'
  | 'Failed';

/** A variant's model as it was when the endpoint took the configuration, so that deleting models changes nothing. */
export interface VariantPlan {
  readonly variant: ProductionVariant;
  readonly image: string;
  readonly modelDataUrl?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
}

/** Everything an endpoint runs. */
export interface EndpointPlan {
  readonly configName: string;
  /** Names this deployment's folder, so that going back to a configuration does not meet its old files. */
  readonly deploymentId: string;
  readonly production: readonly VariantPlan[];
  readonly shadow: readonly VariantPlan[];
  readonly capture?: DataCaptureConfig;
}

/** What can be changed without a new configuration. */
export interface VariantCapacity {
  readonly weight: number;
  readonly instanceCount: number;
}

export interface EndpointRecord {
  readonly name: string;
  readonly arn: string;
  readonly status: EndpointStatus;
  /** What runs; for an endpoint being created, what shall run. */
  readonly plan: EndpointPlan;
  /** What an update under way shall bring. */
  readonly next?: { readonly plan: EndpointPlan; readonly capacities: Readonly<Record<string, VariantCapacity>> };
  /** Production and shadow variants by name. */
  readonly capacities: Readonly<Record<string, VariantCapacity>>;
  readonly createdSeconds: number;
  readonly modifiedSeconds: number;
  readonly failureReason?: string;
}

export function declaredCapacities(config: EndpointConfigRecord['input']): Record<string, VariantCapacity> {
  const variants = [...config.ProductionVariants, ...(config.ShadowProductionVariants ?? [])];
  return Object.fromEntries(
    variants.map((variant) => [
      variant.VariantName,
      { weight: variant.InitialVariantWeight, instanceCount: variant.InitialInstanceCount },
    ]),
  );
}

/** What `DescribeEndpoint` answers. Counts are as declared; on the laptop each variant is one process. */
export function describeEndpoint(endpoint: EndpointRecord): Record<string, unknown> {
  const summaries = (plans: readonly VariantPlan[]) =>
    plans.map(({ variant, image }) => {
      const { weight, instanceCount } = endpoint.capacities[variant.VariantName] ?? { weight: 0, instanceCount: 0 };
      return {
        VariantName: variant.VariantName,
        DeployedImages: [deployedImage(image, endpoint.createdSeconds)],
        CurrentWeight: weight,
        DesiredWeight: weight,
        CurrentInstanceCount: instanceCount,
        DesiredInstanceCount: instanceCount,
      };
    });
  const { plan } = endpoint;
  const isUp = endpoint.status !== 'Creating' && endpoint.status !== 'Failed';
  return {
    EndpointName: endpoint.name,
    EndpointArn: endpoint.arn,
    EndpointConfigName: plan.configName,
    EndpointStatus: endpoint.status,
    ...(isUp ? { ProductionVariants: summaries(plan.production) } : {}),
    ...(isUp && plan.shadow.length > 0 ? { ShadowProductionVariants: summaries(plan.shadow) } : {}),
    ...(plan.capture === undefined
      ? {}
      : {
          DataCaptureConfig: {
            EnableCapture: plan.capture.EnableCapture ?? true,
            CaptureStatus: (plan.capture.EnableCapture ?? true) ? 'Started' : 'Stopped',
            CurrentSamplingPercentage: plan.capture.InitialSamplingPercentage,
            DestinationS3Uri: plan.capture.DestinationS3Uri,
            KmsKeyId: plan.capture.KmsKeyId ?? '',
          },
        }),
    ...(endpoint.next === undefined
      ? {}
      : { PendingDeploymentSummary: { EndpointConfigName: endpoint.next.plan.configName } }),
    ...(endpoint.failureReason === undefined ? {} : { FailureReason: endpoint.failureReason }),
    CreationTime: endpoint.createdSeconds,
    LastModifiedTime: endpoint.modifiedSeconds,
  };
}

/** AWS pulls the image and tells its digest; here nothing is pulled, so only a name that holds one is resolved. */
function deployedImage(image: string, createdSeconds: number): object {
  const isResolved = /@sha256:[0-9a-f]{64}$/.test(image);
  return { SpecifiedImage: image, ...(isResolved && { ResolvedImage: image, ResolutionTime: createdSeconds }) };
}
