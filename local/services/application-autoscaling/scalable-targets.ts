import type { Region } from '../../service.ts';
import type { EndpointPlan, EndpointRecord } from '../sagemaker/endpoint-record.ts';

/** A variant that is registered for scaling. */
export interface ScalableTargetRecord {
  readonly resourceId: string;
  readonly endpointName: string;
  readonly variantName: string;
  readonly arn: string;
  readonly minCapacity: number;
  readonly maxCapacity: number;
  readonly roleArn: string;
  readonly suspended: Readonly<Record<string, boolean>>;
  readonly createdSeconds: number;
}

export const TARGETS = 'scalable-target';
const STORE = 'application-autoscaling';

export function scalableTargets(region: Region): ScalableTargetRecord[] {
  return region
    .store(STORE)
    .list<ScalableTargetRecord>(TARGETS)
    .map(({ value }) => value);
}

/**
 * Why an update of an endpoint is refused while variants of it are registered: such a variant must stay, on the
 * same instance type. Its model may change.
 * Source: AWS, "Update endpoints that use automatic scaling".
 */
export function scalingRefusal(region: Region, endpoint: EndpointRecord, next: EndpointPlan): string | undefined {
  for (const { endpointName, variantName } of scalableTargets(region)) {
    if (endpointName !== endpoint.name) continue;
    const typeIn = (plan: EndpointPlan) =>
      [...plan.production, ...plan.shadow].find(({ variant }) => variant.VariantName === variantName)?.variant
        .InstanceType;
    const before = typeIn(endpoint.plan);
    const after = typeIn(next);
    if (before === undefined || before === after) continue;
    const change = after === undefined ? 'removed' : `changed from ${before} to ${after}`;
    return `The variant "${variantName}" of endpoint "${endpoint.arn}" is registered for automatic scaling and can not be ${change}; deregister it first and register it again afterwards.`;
  }
  return undefined;
}
