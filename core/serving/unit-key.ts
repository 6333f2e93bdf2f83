import type { ServingPlan } from './serving-plan.ts';

/**
 * What arms are drawn by: JSON text of the join key values of the entity that the model is about, so that whoever is
 * asked about again gets the same arm. Where none of the views is about it every join key counts; a request that names
 * nobody is drawn by itself.
 *
 * @param entities checked against the plan; undefined when the caller gave the features itself
 * @param predictionId of the first row of the request
 */
export function unitKey(
  { unitKeys }: Pick<ServingPlan, 'unitKeys'>,
  entities: Readonly<Record<string, string | number>> | undefined,
  predictionId: string,
): string {
  if (entities === undefined || unitKeys.length === 0) return predictionId;
  return JSON.stringify(unitKeys.map((name) => entities[name]));
}
