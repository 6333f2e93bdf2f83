import { randomUUID } from 'node:crypto';
import type * as z from 'zod';
import {
  AwsError,
  type Caller,
  type LocalService,
  type Operation,
  type Region,
  type ResourceType,
} from '../../service.ts';
import { page } from '../page.ts';
import { readInput, readProperties } from '../read-document.ts';
import {
  DeletePolicyInput,
  DeregisterInput,
  DescribePoliciesInput,
  DescribeTargetsInput,
  PutPolicyInput,
  RESOURCE_PROPERTIES,
  RegisterInput,
} from './autoscaling-shapes.ts';
import { type ScalableTargetRecord, scalableTargets, TARGETS } from './scalable-targets.ts';

const POLICIES = 'scaling-policy';
const TARGET_TYPE = 'AWS::ApplicationAutoScaling::ScalableTarget';
const POLICY_TYPE = 'AWS::ApplicationAutoScaling::ScalingPolicy';

interface PolicyRecord {
  readonly arn: string;
  readonly input: z.infer<typeof PutPolicyInput>;
  readonly createdSeconds: number;
}

/**
 * Application Auto Scaling for endpoint variants: it checks and keeps targets and policies. It does not scale, since
 * each variant is one process on the laptop.
 */
export function makeAutoScalingService(region: Region): LocalService {
  const store = region.store('application-autoscaling');
  const nowSeconds = () => region.clock.now().getTime() / 1000;
  const arn = (rest: string) => `arn:aws:application-autoscaling:${region.regionName}:${region.accountId}:${rest}`;
  const findTarget = (id: string): ScalableTargetRecord => {
    const found = store.get<ScalableTargetRecord>(TARGETS, id);
    if (found !== undefined) return found;
    throw new AwsError(
      'ObjectNotFoundException',
      `No scalable target found for service namespace: sagemaker, resource ID: ${id}, scalable dimension: sagemaker:variant:DesiredInstanceCount`,
    );
  };
  /** Describing is on everything; a change is on one target, by the ARN that Application Auto Scaling made up for it. */
  const allow = (caller: Caller, action: string) => region.authorize(caller, `application-autoscaling:${action}`, '*');
  const allowOnTarget = (caller: Caller, action: string, resourceId: string): string => {
    const targetArn =
      store.get<ScalableTargetRecord>(TARGETS, resourceId)?.arn ?? arn(`scalable-target/${randomUUID()}`);
    region.authorize(caller, `application-autoscaling:${action}`, targetArn, {
      'application-autoscaling:service-namespace': 'sagemaker',
      'application-autoscaling:scalable-dimension': 'sagemaker:variant:DesiredInstanceCount',
    });
    return targetArn;
  };

  const operations: Record<string, Operation> = {
    RegisterScalableTarget: async (document, caller) => {
      const input = readInput(RegisterInput, document);
      const targetArn = allowOnTarget(caller, 'RegisterScalableTarget', input.ResourceId);
      const [, endpointName, , variantName] = input.ResourceId.split('/');
      const known = store.get<ScalableTargetRecord>(TARGETS, input.ResourceId);
      const minCapacity = input.MinCapacity ?? known?.minCapacity;
      const maxCapacity = input.MaxCapacity ?? known?.maxCapacity;
      if (minCapacity === undefined || maxCapacity === undefined) {
        throw invalid('MinCapacity and MaxCapacity are required to register a new scalable target');
      }
      if (minCapacity < 1) throw invalid(`MinCapacity is ${minCapacity}; a real-time variant needs at least 1`);
      if (minCapacity > maxCapacity)
        throw invalid(`MinCapacity (${minCapacity}) must not be above MaxCapacity (${maxCapacity})`);
      await requireVariant(region, endpointName!, variantName!, caller); // the grammar has both
      const record: ScalableTargetRecord = {
        resourceId: input.ResourceId,
        endpointName: endpointName!,
        variantName: variantName!,
        arn: targetArn,
        minCapacity,
        maxCapacity,
        roleArn:
          input.RoleARN ??
          `arn:aws:iam::${region.accountId}:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`,
        suspended: { ...known?.suspended, ...input.SuspendedState },
        createdSeconds: known?.createdSeconds ?? nowSeconds(),
      };
      store.put(TARGETS, record.resourceId, record);
      return { ScalableTargetARN: record.arn };
    },
    DeregisterScalableTarget: async (document, caller) => {
      const { ResourceId } = readInput(DeregisterInput, document);
      allowOnTarget(caller, 'DeregisterScalableTarget', ResourceId);
      findTarget(ResourceId);
      store.atomically(() => {
        store.delete(TARGETS, ResourceId);
        for (const { key, value } of store.list<PolicyRecord>(POLICIES)) {
          if (value.input.ResourceId === ResourceId) store.delete(POLICIES, key);
        }
      });
      return {};
    },
    DescribeScalableTargets: async (document, caller) => {
      const input = readInput(DescribeTargetsInput, document);
      allow(caller, 'DescribeScalableTargets');
      const wanted = scalableTargets(region).filter(
        ({ resourceId }) => input.ResourceIds?.includes(resourceId) ?? true,
      );
      const { items, nextToken } = page(wanted, input.MaxResults, input.NextToken, 'InvalidNextTokenException');
      return {
        ScalableTargets: items.map(describeTarget),
        ...(nextToken === undefined ? {} : { NextToken: nextToken }),
      };
    },
    PutScalingPolicy: async (document, caller) => {
      const input = readInput(PutPolicyInput, document);
      allowOnTarget(caller, 'PutScalingPolicy', input.ResourceId);
      findTarget(input.ResourceId);
      const key = `${input.ResourceId}:${input.PolicyName}`;
      const known = store.get<PolicyRecord>(POLICIES, key);
      const policyArn =
        known?.arn ??
        arn(`scalingPolicy:${randomUUID()}:resource/sagemaker/${input.ResourceId}:policyName/${input.PolicyName}`);
      store.put(POLICIES, key, { arn: policyArn, input, createdSeconds: known?.createdSeconds ?? nowSeconds() });
      return { PolicyARN: policyArn, Alarms: [] };
    },
    DeleteScalingPolicy: async (document, caller) => {
      const { ResourceId, PolicyName } = readInput(DeletePolicyInput, document);
      allowOnTarget(caller, 'DeleteScalingPolicy', ResourceId);
      const key = `${ResourceId}:${PolicyName}`;
      if (store.get(POLICIES, key) === undefined) {
        throw new AwsError(
          'ObjectNotFoundException',
          `No scaling policy found for resource ID: ${ResourceId}, policy name: ${PolicyName}`,
        );
      }
      store.delete(POLICIES, key);
      return {};
    },
    DescribeScalingPolicies: async (document, caller) => {
      const input = readInput(DescribePoliciesInput, document);
      allow(caller, 'DescribeScalingPolicies');
      const wanted = store
        .list<PolicyRecord>(POLICIES)
        .map(({ value }) => value)
        .filter(
          (policy) =>
            (input.PolicyNames?.includes(policy.input.PolicyName) ?? true) &&
            (input.ResourceId === undefined || policy.input.ResourceId === input.ResourceId),
        );
      const { items, nextToken } = page(wanted, input.MaxResults, input.NextToken, 'InvalidNextTokenException');
      const describe = (policy: PolicyRecord) => ({
        ...policy.input,
        PolicyARN: policy.arn,
        Alarms: [],
        CreationTime: policy.createdSeconds,
      });
      return { ScalingPolicies: items.map(describe), ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
    },
  };
  const person: Caller = { accessKeyId: 'cloudformation', principalArn: `arn:aws:iam::${region.accountId}:root` };
  const provision = (typeName: string, operation: string, ref: string): ResourceType => ({
    provision: async (request) => {
      const { ScheduledActions: _, ScalingTargetId, ...given } = readProperties(RESOURCE_PROPERTIES, request, typeName);
      const [ResourceId, ScalableDimension, ServiceNamespace] = ScalingTargetId?.split('|') ?? [];
      const properties =
        ScalingTargetId === undefined ? given : { ...given, ResourceId, ScalableDimension, ServiceNamespace };
      const answer = await operations[operation]!(properties, person);
      const name = String((answer as Record<string, unknown>)[ref]); // the operation's ARN
      const id =
        operation === 'RegisterScalableTarget'
          ? `${properties.ResourceId}|${properties.ScalableDimension}|sagemaker`
          : name;
      return { ref: id, attributes: { Id: id, Arn: name } };
    },
    remove: async ({ attributes }) => {
      const arn = attributes?.['Arn'];
      for (const collection of [TARGETS, POLICIES]) {
        for (const { key, value } of store.list<{ arn: string }>(collection))
          if (value.arn === arn) store.delete(collection, key);
      }
    },
  });
  return {
    signingNames: ['application-autoscaling'],
    operations,
    resources: {
      [TARGET_TYPE]: provision(TARGET_TYPE, 'RegisterScalableTarget', 'ScalableTargetARN'),
      [POLICY_TYPE]: provision(POLICY_TYPE, 'PutScalingPolicy', 'PolicyARN'),
    },
  };
}

function describeTarget(record: ScalableTargetRecord): object {
  return {
    ServiceNamespace: 'sagemaker',
    ResourceId: record.resourceId,
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
    MinCapacity: record.minCapacity,
    MaxCapacity: record.maxCapacity,
    RoleARN: record.roleArn,
    CreationTime: record.createdSeconds,
    SuspendedState: {
      DynamicScalingInSuspended: false,
      DynamicScalingOutSuspended: false,
      ScheduledScalingSuspended: false,
      ...record.suspended,
    },
    ScalableTargetARN: record.arn,
  };
}

/** The caller must be able to see the endpoint, as on AWS. */
async function requireVariant(
  region: Region,
  endpointName: string,
  variantName: string,
  caller: Caller,
): Promise<void> {
  const endpoint = await region
    .invoke('sagemaker', 'DescribeEndpoint', { EndpointName: endpointName }, caller)
    .catch((error: unknown) => {
      if (error instanceof AwsError && error.code === 'ValidationException')
        throw invalid(`SageMaker variant doesn't exist: ${error.message}`);
      throw error;
    });
  const variants = [endpoint['ProductionVariants'], endpoint['ShadowProductionVariants']].flat();
  const names = variants.map((variant) => (variant as { VariantName?: string } | undefined)?.VariantName); // DescribeEndpoint's shape
  if (!names.includes(variantName))
    throw invalid(`SageMaker variant doesn't exist: endpoint/${endpointName}/variant/${variantName}`);
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
