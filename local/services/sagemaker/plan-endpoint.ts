import { randomUUID } from 'node:crypto';
import { type EndpointConfigRecord, findEndpointConfig, type ProductionVariant } from './endpoint-configs.ts';
import {
  declaredCapacities,
  type EndpointPlan,
  type EndpointRecord,
  type VariantCapacity,
  type VariantPlan,
} from './endpoint-record.ts';
import type { UpdateEndpointInput } from './endpoint-shapes.ts';
import { servableModel } from './models.ts';
import { invalid, type SageMakerScope } from './sagemaker-scope.ts';

export interface PlannedEndpoint {
  readonly plan: EndpointPlan;
  readonly capacities: Readonly<Record<string, VariantCapacity>>;
}

/** What an endpoint shall run under a configuration; models that are gone are refused here. */
export function planEndpoint(scope: SageMakerScope, configName: string): PlannedEndpoint {
  const config = findEndpointConfig(scope, configName);
  return { plan: planOf(scope, config), capacities: declaredCapacities(config.input) };
}

/** The same for an update, which may keep weights, counts and data capture of what runs now. */
export function planUpdate(
  scope: SageMakerScope,
  endpoint: EndpointRecord,
  input: UpdateEndpointInput,
): PlannedEndpoint {
  const { plan, capacities } = planEndpoint(scope, input.EndpointConfigName);
  if (!input.RetainAllVariantProperties) return { plan, capacities };
  const excluded = new Set(
    input.ExcludeRetainedVariantProperties.map(({ VariantPropertyType }) => VariantPropertyType),
  );
  const kept = Object.entries(capacities).map(([name, declared]) => {
    const current = endpoint.capacities[name] ?? declared;
    return [
      name,
      {
        weight: excluded.has('DesiredWeight') ? declared.weight : current.weight,
        instanceCount: excluded.has('DesiredInstanceCount') ? declared.instanceCount : current.instanceCount,
      },
    ];
  });
  const { capture: declaredCapture, ...rest } = plan;
  const capture = excluded.has('DataCaptureConfig') ? declaredCapture : endpoint.plan.capture;
  return { plan: capture === undefined ? rest : { ...rest, capture }, capacities: Object.fromEntries(kept) };
}

function planOf(scope: SageMakerScope, { name, input }: EndpointConfigRecord): EndpointPlan {
  const variantPlan = (variant: ProductionVariant): VariantPlan => {
    const { name: _, ...model } = servableModel(scope, variant.ModelName);
    if (model.roleArn === '') throw invalid(`model "${variant.ModelName}" has no execution role`);
    return { variant, ...model };
  };
  return {
    configName: name,
    deploymentId: randomUUID(),
    production: input.ProductionVariants.map(variantPlan),
    shadow: (input.ShadowProductionVariants ?? []).map(variantPlan),
    ...(input.DataCaptureConfig === undefined ? {} : { capture: input.DataCaptureConfig }),
  };
}
