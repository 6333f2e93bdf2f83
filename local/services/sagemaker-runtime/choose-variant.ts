import type { VariantPlan } from '../sagemaker/endpoint-record.ts';
import type { LiveEndpoint } from '../sagemaker/endpoints.ts';

/**
 * The production variant that answers a request: each has the share its weight is of all weights.
 *
 * @param chance a number in [0, 1)
 * @returns undefined when every weight is 0
 */
export function chooseVariant({ record, fleet }: LiveEndpoint, chance: number): VariantPlan | undefined {
  const weightOf = ({ variant }: VariantPlan) =>
    record.capacities[variant.VariantName]?.weight ?? variant.InitialVariantWeight;
  const variants = fleet.plan.production;
  const total = variants.reduce((sum, variant) => sum + weightOf(variant), 0);
  let rest = chance * total;
  for (const variant of variants) {
    const weight = weightOf(variant);
    if (weight > 0 && rest < weight) return variant;
    rest -= weight;
  }
  return variants.findLast((variant) => weightOf(variant) > 0); // rounding may use up all weights
}

/** Share of production requests that a shadow variant gets a copy of: its weight relative to production's, at most 1. */
export function shadowShare({ record, fleet }: LiveEndpoint, shadow: VariantPlan): number {
  const weight = (name: string) => record.capacities[name]?.weight ?? 0;
  const production = fleet.plan.production[0];
  const base = production === undefined ? 0 : weight(production.variant.VariantName);
  return base === 0 ? 0 : Math.min(1, weight(shadow.variant.VariantName) / base);
}
