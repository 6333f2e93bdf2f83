import {
  type ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  type DeregisterScalableTargetCommandInput,
  DescribeScalableTargetsCommand,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  type ScalableTarget,
} from '@aws-sdk/client-application-auto-scaling';
import {
  type DescribeEndpointCommandOutput,
  type SageMakerClient,
  UpdateEndpointWeightsAndCapacitiesCommand,
} from '@aws-sdk/client-sagemaker';
import type { EndpointContent, VariantScaling } from '../../ports/model-hosting.ts';
import { isNamed } from './aws-failure.ts';

const NAMESPACE = 'sagemaker' as const;
const DIMENSION = 'sagemaker:variant:DesiredInstanceCount' as const;

/** What a variant should scale between, given how many instances there are now. */
interface Bounds {
  readonly minInstances: number;
  readonly maxInstances: number;
}

/** Whether every variant has the instances and the bounds that are wanted. */
export async function isScaled(
  scaling: ApplicationAutoScalingClient,
  wanted: EndpointContent,
  endpoint: DescribeEndpointCommandOutput,
): Promise<boolean> {
  const targets = await targetsOf(scaling, wanted.endpointName);
  return wanted.scaling.every((variant) => {
    const count = countOf(endpoint, variant.variant);
    const bounds = boundsOf(variant, endpoint);
    return count >= bounds.minInstances && count <= bounds.maxInstances && isBounded(targets, wanted, variant, bounds);
  });
}

/**
 * Sets what is missing. An endpoint takes one change of a capacity at a time, so a second variant has to wait for the
 * next call.
 */
export async function scaleVariants(
  sagemaker: SageMakerClient,
  scaling: ApplicationAutoScalingClient,
  wanted: EndpointContent,
  endpoint: DescribeEndpointCommandOutput,
): Promise<void> {
  const targets = await targetsOf(scaling, wanted.endpointName);
  for (const variant of wanted.scaling) {
    const bounds = boundsOf(variant, endpoint);
    if (!isBounded(targets, wanted, variant, bounds)) await setBounds(scaling, wanted.endpointName, variant, bounds);
  }
  for (const variant of wanted.scaling) {
    const { minInstances, maxInstances } = boundsOf(variant, endpoint);
    const count = countOf(endpoint, variant.variant);
    const instances = Math.min(maxInstances, Math.max(minInstances, count));
    if (instances === count) continue;
    await sagemaker.send(
      new UpdateEndpointWeightsAndCapacitiesCommand({
        EndpointName: wanted.endpointName,
        DesiredWeightsAndCapacities: [{ VariantName: variant.variant, DesiredInstanceCount: instances }],
      }),
    );
    return;
  }
}

/** An endpoint cannot change instance type or drop a variant while scaling holds it. */
export async function releaseScaling(scaling: ApplicationAutoScalingClient, endpointName: string): Promise<void> {
  for (const target of await targetsOf(scaling, endpointName)) {
    const { ServiceNamespace, ResourceId, ScalableDimension } = target;
    await deregister(scaling, { ServiceNamespace, ResourceId, ScalableDimension });
  }
}

/** One that is gone since it was described is as good. */
async function deregister(
  scaling: ApplicationAutoScalingClient,
  target: DeregisterScalableTargetCommandInput,
): Promise<void> {
  try {
    await scaling.send(new DeregisterScalableTargetCommand(target));
  } catch (error) {
    if (!isNamed(error, 'ObjectNotFoundException')) throw error;
  }
}

function boundsOf(
  { minInstances, maxInstances, atLeastAs }: VariantScaling,
  endpoint: DescribeEndpointCommandOutput,
): Bounds {
  const needed = atLeastAs === null ? 0 : countOf(endpoint, atLeastAs);
  return { minInstances: Math.max(minInstances, Math.min(maxInstances, needed)), maxInstances };
}

/** A variant that has to keep up with another one may have a higher minimum from when that one had more instances. */
function isBounded(
  targets: readonly ScalableTarget[],
  { endpointName }: EndpointContent,
  variant: VariantScaling,
  bounds: Bounds,
): boolean {
  const id = resourceId(endpointName, variant.variant);
  const target = targets.find(({ ResourceId }) => ResourceId === id);
  if (isFixed(variant)) return target === undefined;
  if (target?.MinCapacity === undefined || target.MaxCapacity !== bounds.maxInstances) return false;
  return variant.atLeastAs === null
    ? target.MinCapacity === bounds.minInstances
    : target.MinCapacity >= bounds.minInstances;
}

function isFixed({ minInstances, maxInstances }: VariantScaling): boolean {
  return minInstances === maxInstances;
}

async function setBounds(
  scaling: ApplicationAutoScalingClient,
  endpointName: string,
  variant: VariantScaling,
  { minInstances, maxInstances }: Bounds,
): Promise<void> {
  const target = {
    ServiceNamespace: NAMESPACE,
    ResourceId: resourceId(endpointName, variant.variant),
    ScalableDimension: DIMENSION,
  };
  if (isFixed(variant)) {
    await deregister(scaling, target);
    return;
  }
  await scaling.send(
    new RegisterScalableTargetCommand({ ...target, MinCapacity: minInstances, MaxCapacity: maxInstances }),
  );
  await scaling.send(
    new PutScalingPolicyCommand({
      ...target,
      PolicyName: 'invocations-per-instance',
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: {
        TargetValue: variant.targetInvocationsPerInstance,
        PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
      },
    }),
  );
}

async function targetsOf(
  scaling: ApplicationAutoScalingClient,
  endpointName: string,
): Promise<readonly ScalableTarget[]> {
  const { ScalableTargets = [] } = await scaling.send(
    new DescribeScalableTargetsCommand({
      ServiceNamespace: NAMESPACE,
      ResourceIds: ['champion', 'challenger'].map((variant) => resourceId(endpointName, variant)),
    }),
  );
  return ScalableTargets;
}

function resourceId(endpointName: string, variant: string): string {
  return `endpoint/${endpointName}/variant/${variant}`;
}

function countOf({ ProductionVariants = [] }: DescribeEndpointCommandOutput, variant: string): number {
  const found = ProductionVariants.find(({ VariantName }) => VariantName === variant);
  return found?.DesiredInstanceCount ?? found?.CurrentInstanceCount ?? 0;
}
