import type { PredictRequest } from '../../../contracts/api/predictions.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { checkEntities } from '../../../core/serving/entity-key.ts';
import { type ModelRow, rowFromCaller, rowFromStore } from '../../../core/serving/model-row.ts';
import { precomputedKey } from '../../../core/serving/precomputed.ts';
import type { PredictionRecord } from '../../../core/serving/prediction-record.ts';
import { checkContext, contextBody } from '../../../core/serving/request-context.ts';
import { MissingFeaturesError } from '../../../core/serving/serving-errors.ts';
import { requestFields, type ServingPlan } from '../../../core/serving/serving-plan.ts';
import type { OnlineKey } from '../../ports/online-store.ts';
import type { ItemsRead } from './read-for-plans.ts';

/**
 * What to read for a request by a plan: an item for each view, then the answer that may have been computed before. Entities that do
 * not fit are a problem only if the plan turns out to hold.
 */
export function keysOf(
  plan: ServingPlan,
  ask: PredictRequest,
): { readonly keys: readonly OnlineKey[]; readonly problem: InvalidInputError | null } {
  if (ask.instances !== undefined) return { keys: [], problem: null };
  const entities = ask.entities ?? {};
  try {
    checkEntities(plan.joinKeys, entities);
  } catch (error) {
    if (error instanceof InvalidInputError) return { keys: [], problem: error };
    throw error;
  }
  const keys = plan.views.map(({ entity, joinKeys, view, version }) => ({
    entity,
    key: joinKeys.map((name) => entities[name]!), // checked just above
    view,
    version,
  }));
  const isPrecomputed = plan.precomputedMaxAgeMs !== null;
  return { keys: isPrecomputed ? [...keys, precomputedKey(plan, entities)] : keys, problem: null };
}

/** What a release is asked. */
export interface RequestRows {
  readonly rows: readonly ModelRow[];
  /** Request-time values as evidence tells them; null when the caller gave the features itself. */
  readonly context: PredictionRecord['context'];
  readonly featuresReadAt: PredictionRecord['featuresReadAt'];
}

/**
 * @param nowMs what the age of stored values is measured at
 * @throws InvalidInputError for a request that does not fit the plan, MissingFeaturesError by the model's policy
 */
export function rowsOf(
  plan: ServingPlan,
  ask: PredictRequest,
  read: ItemsRead,
  nowMs: number,
  requestedAt: Date,
): RequestRows {
  if (ask.instances !== undefined) {
    const rows = ask.instances.map((given, i) => rowFromCaller(plan, given, `instances[${i}]`));
    return { rows, context: null, featuresReadAt: null };
  }
  const fields = requestFields(plan);
  const context = checkContext(fields, ask.context ?? {});
  const row = rowFromStore(plan, read.items, nowMs, { context, requestTimeMs: requestedAt.getTime() });
  const featuresReadAt = new Date(read.readAtMs).toISOString();
  return { rows: [row], context: contextBody(fields, context), featuresReadAt };
}

/** Whether `refuseUnfit` would let it pass. */
export function fits(plan: ServingPlan, ask: PredictRequest): boolean {
  try {
    refuseUnfit(plan, ask);
    return true;
  } catch {
    return false;
  }
}

/**
 * Refuses what a plan would refuse whatever the store holds, of a request whose entities fit it.
 *
 * @throws InvalidInputError
 */
export function refuseUnfit(plan: ServingPlan, ask: PredictRequest): void {
  if (ask.instances === undefined) {
    checkContext(requestFields(plan), ask.context ?? {});
    return;
  }
  ask.instances.forEach((given, i) => {
    try {
      rowFromCaller(plan, given, `instances[${i}]`);
    } catch (error) {
      if (!(error instanceof MissingFeaturesError)) throw error;
    }
  });
}
