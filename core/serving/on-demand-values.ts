import { featureColumn } from '../definitions/feature-column.ts';
import type { FeatureRef } from '../definitions/feature-view.ts';
import { REQUEST_TIME } from '../definitions/on-demand-feature-view.ts';
import type { Row, Value } from '../definitions/value-type.ts';
import type { OnDemandPlan } from '../on-demand/plan-on-demand.ts';
import type { ServedValue } from './prediction-record.ts';

/**
 * The on-demand features of a plan for one entity and one request, in the plan's order: `PRESENT`, or `NULL_VALUE` for
 * null. They have no event time, because they become true with the request.
 *
 * @param storedValue value of a stored feature as it was served: null when it was not found or is too old. `at` is the
 *   feature's place in `plan.stored`
 * @param context values of the request fields by name, as `checkContext` gives them
 * @param requestTimeMs what `request_time` is
 */
export function onDemandValues(
  plan: OnDemandPlan,
  storedValue: (ref: FeatureRef, at: number) => Value,
  context: Row,
  requestTimeMs: number,
): readonly ServedValue[] {
  const row: Record<string, Value> = { ...context, [REQUEST_TIME]: requestTimeMs };
  plan.stored.forEach((ref, at) => {
    row[featureColumn(ref)] = storedValue(ref, at);
  });
  return plan.features.map(({ compute }) => {
    const value = compute(row);
    return { value, status: value === null ? 'NULL_VALUE' : 'PRESENT', eventTimeMs: null };
  });
}
