import * as z from 'zod';
import { templateNumber } from '../read-document.ts';

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

export const RegisterInput = z.object({
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
export const DeregisterInput = z.object(target);
const pages = { MaxResults: z.number().int().min(1).max(50).default(50), NextToken: z.string().optional() };
export const DescribeTargetsInput = z.object({
  ServiceNamespace: namespace,
  ResourceIds: z.array(z.string()).max(50).optional(),
  ScalableDimension: dimension.optional(),
  ...pages,
});
export const PutPolicyInput = z
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
export const DeletePolicyInput = z.object({ ...target, PolicyName: policyName });
export const DescribePoliciesInput = z.object({
  ServiceNamespace: namespace,
  PolicyNames: z.array(policyName).max(50).optional(),
  ResourceId: z.string().optional(),
  ScalableDimension: dimension.optional(),
  ...pages,
});

/** Members of both resource types; the operation behind each checks them. */
export const RESOURCE_PROPERTIES = z.strictObject({
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
