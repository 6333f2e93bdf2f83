import * as z from 'zod';
import { entityName, listMembers, tagList } from './shapes.ts';

/** Accepted and not acted on: an update on the laptop always switches all traffic at once. */
const deploymentConfig = z.record(z.string(), z.unknown());

export const createEndpointInput = z.object({
  EndpointName: entityName,
  EndpointConfigName: entityName,
  DeploymentConfig: deploymentConfig.optional(),
  Tags: tagList.optional(),
});

export const updateEndpointInput = z.object({
  EndpointName: entityName,
  EndpointConfigName: entityName,
  RetainAllVariantProperties: z.boolean().default(false),
  ExcludeRetainedVariantProperties: z
    .array(z.object({ VariantPropertyType: z.enum(['DesiredInstanceCount', 'DesiredWeight', 'DataCaptureConfig']) }))
    .max(3)
    .default([]),
  DeploymentConfig: deploymentConfig.optional(),
  RetainDeploymentConfig: z.boolean().optional(),
});

export type UpdateEndpointInput = z.infer<typeof updateEndpointInput>;

export const updateWeightsInput = z.object({
  EndpointName: entityName,
  DesiredWeightsAndCapacities: z
    .array(
      z.object({
        VariantName: entityName,
        DesiredWeight: z.number().min(0).optional(),
        DesiredInstanceCount: z.number().int().min(1).optional(),
      }),
    )
    .min(1),
});

export const endpointInput = z.object({ EndpointName: z.string() });
export const listEndpointsInput = z.object(listMembers);
