import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import {
  AwsError,
  type Caller,
  type LocalService,
  type Operation,
  type Region,
  type ResourceType,
} from '../../service.ts';
import { page } from '../page.ts';
import { readInput, readProperties, templateNumber } from '../read-document.ts';
import { type ScalableTargetRecord, scalableTargets, TARGETS } from './scalable-targets.ts';

const POLICIES = 'scaling-policy';
const PREDEFINED_METRICS = [
  'SageMakerVariantInvocationsPerInstance',
  'SageMakerVariantConcurrentRequestsPerModelHighResolution',
  'SageMakerVariantProvisionedConcurrencyUtilization',
] as const;

const namespace = z.literal('sagemaker', { error: 'the laptop scales the namespace sagemaker only' });
const dimension = z.literal('sagemaker:variant:DesiredInstanceCount', {
  error: 'allowed: sagemaker:variant:DesiredInstanceCount',
});
const resourceId = z
  .string()
  .max(1600)
  .regex(/^endpoint\/[a-zA-Z0-9-]{1,63}\/variant\/[a-zA-Z0-9-]{1,63}$/, 'must be endpoint/<name>/variant/<variant>');
const target = { ServiceNamespace: namespace, ResourceId: resourceId, ScalableDimension: dimension };
const policyName = z.string().min(1).max(256);

const RegisterInput = z.object({
  ...target,
  MinCapacity: z.number().int().min(0).optional(),
  MaxCapacity: z.number().int().min(0).optional(),
  RoleARN: z.string().max(1600).optional(),
  SuspendedState: z
    .object({
      DynamicScalingInSuspended: z.boolean().optional(),
      DynamicScalingOutSuspended: z.boolean().optional(),
      ScheduledScalingSuspended: z.boolean().optional(),
    })
    .optional(),
});
const DeregisterInput = z.object(target);
const pages = { MaxResults: z.number().int().min(1).max(50).default(50), NextToken: z.string().optional() };
const DescribeTargetsInput = z.object({
  ServiceNamespace: namespace,
  ResourceIds: z.array(z.string()).max(50).optional(),
  ScalableDimension: dimension.optional(),
  ...pages,
});
const PutPolicyInput = z
  .object({
    ...target,
    PolicyName: policyName,
    PolicyType: z.enum(['StepScaling', 'TargetTrackingScaling']).default('StepScaling'),
    TargetTrackingScalingPolicyConfiguration: z
      .object({
        TargetValue: z.number().positive(),
        PredefinedMetricSpecification: z
          .object({ PredefinedMetricType: z.enum(PREDEFINED_METRICS), ResourceLabel: z.string().optional() })
          .optional(),
        CustomizedMetricSpecification: z.record(z.string(), z.unknown()).optional(),
        ScaleOutCooldown: z.number().int().min(0).optional(),
        ScaleInCooldown: z.number().int().min(0).optional(),
        DisableScaleIn: z.boolean().optional(),
      })
      .refine(
        (c) => (c.PredefinedMetricSpecification === undefined) !== (c.CustomizedMetricSpecification === undefined),
        'give either PredefinedMetricSpecification or CustomizedMetricSpecification',
      )
      .optional(),
    StepScalingPolicyConfiguration: z.record(z.string(), z.unknown()).optional(),
  })
  .refine(
    (input) =>
      (input.PolicyType === 'TargetTrackingScaling') ===
        (input.TargetTrackingScalingPolicyConfiguration !== undefined) &&
      (input.PolicyType === 'StepScaling') === (input.StepScalingPolicyConfiguration !== undefined),
    'PolicyType and the configuration that is given must be of the same kind',
  );
const DeletePolicyInput = z.object({ ...target, PolicyName: policyName });
const DescribePoliciesInput = z.object({
  ServiceNamespace: namespace,
  PolicyNames: z.array(policyName).max(50).optional(),
  ResourceId: z.string().optional(),
  ScalableDimension: dimension.optional(),
  ...pages,
});

const TARGET_TYPE = 'AWS::ApplicationAutoScaling::ScalableTarget';
const POLICY_TYPE = 'AWS::ApplicationAutoScaling::ScalingPolicy';

/** Members of both resource types; the operation behind each checks them. */
const RESOURCE_PROPERTIES = z.strictObject({
  ServiceNamespace: z.string().optional(),
  ResourceId: z.string().optional(),
  ScalableDimension: z.string().optional(),
  MinCapacity: templateNumber.optional(),
  MaxCapacity: templateNumber.optional(),
  RoleARN: z.string().optional(),
  SuspendedState: z.record(z.string(), z.boolean()).optional(),
  ScheduledActions: z.array(z.unknown()).max(0, 'scheduled actions are not run on the laptop').optional(),
  PolicyName: z.string().optional(),
  PolicyType: z.string().optional(),
  ScalingTargetId: z.string().optional(),
  TargetTrackingScalingPolicyConfiguration: z.record(z.string(), z.unknown()).optional(),
  StepScalingPolicyConfiguration: z.record(z.string(), z.unknown()).optional(),
});

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
  const allow = (caller: Caller, action: string) => region.authorize(caller, `application-autoscaling:${action}`, '*');

  const operations: Record<string, Operation> = {
    RegisterScalableTarget: async (document, caller) => {
      const input = readInput(RegisterInput, document);
      allow(caller, 'RegisterScalableTarget');
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
        arn: known?.arn ?? arn(`scalable-target/${randomUUID()}`),
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
      allow(caller, 'DeregisterScalableTarget');
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
      allow(caller, 'PutScalingPolicy');
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
      allow(caller, 'DeleteScalingPolicy');
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
