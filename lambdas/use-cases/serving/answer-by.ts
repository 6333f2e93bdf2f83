import type { PredictResponse } from '../../../contracts/api/predictions.ts';
import { SECOND_MS } from '../../../core/clock.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { precomputedScore } from '../../../core/serving/precomputed.ts';
import type { PredictionRecord } from '../../../core/serving/prediction-record.ts';
import type { ServingPlan } from '../../../core/serving/serving-plan.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { Metrics } from '../../ports/metrics.ts';
import type { PredictionLedger } from '../../ports/prediction-ledger.ts';
import {
  type AskModelDeps,
  askModel,
  askModelWithin,
  askShadow,
  type FinishShadow,
  type ModelCall,
  type Scored,
} from './ask-model.ts';
import { type DrawnArms, errorName, type FailedArm, failedArm, type Request, type StandingArms } from './draw-arms.ts';
import { failureRecord, recordsOf, responseOf, type Told } from './prediction-records.ts';
import type { ItemsRead } from './read-for-plans.ts';
import { fits, type RequestRows, refuseUnfit, rowsOf } from './request-rows.ts';

/** Leaves whoever is asked next the time that it may take: a container has 10 s, and a second try. */
const STAND_IN_AFTER_MS = 5 * SECOND_MS;

export interface AnswerDeps extends AskModelDeps {
  readonly ledger: PredictionLedger;
  readonly metrics: Metrics;
  readonly clock: Clock;
}

/**
 * Asks whoever's turn it is, and the shadow beside the champion, and records what came of it before it answers.
 *
 * @param read what was read for whoever answers, then for the shadow
 * @returns the answer, or who has none and why: then the one that stands in for it has to be asked
 * @throws what whoever has the last word failed with, after it was logged; InvalidInputError for what it does not accept
 */
export async function answerBy(
  deps: AnswerDeps,
  request: Request,
  drawn: DrawnArms,
  standing: StandingArms,
  read: readonly ItemsRead[],
): Promise<PredictResponse | FailedArm> {
  const { ask, requestedAt } = request;
  const nowMs = deps.clock.now().getTime();
  const { plan } = drawn.answering;
  const rowsFor = (of: ServingPlan, items: ItemsRead) => tried(() => rowsOf(of, ask, items, nowMs, requestedAt));
  const callOf = (variant: ModelCall['variant'], asked: RequestRows): ModelCall => {
    const [inferenceId = ''] = request.predictionIds;
    return { endpointName: standing.endpointName, variant, inferenceId, asked };
  };

  if (hasStandIn(standing, ask)) {
    const { role, answering } = standing;
    const rows = rowsFor(plan, read[0]!);
    if ('error' in rows) return failedArm(role, plan.releaseId, rows.error, null);
    const attempt = await askModelWithin(deps, callOf(answering.variant, rows), STAND_IN_AFTER_MS);
    if ('error' in attempt) return failedArm(role, plan.releaseId, attempt.error, attempt.latencyMs);
    return keep(deps, { request, drawn, standing, shadow: null }, plan, attempt);
  }

  const rows = rowsFor(plan, read[0]!);
  // what the champion has to refuse says nothing about the shadow
  if ('error' in rows) return fail(deps, { request, drawn, standing, shadow: null }, rows.error, null);
  const before = standing.rollout === null ? scoredBefore(plan, rows, read[0]!, nowMs) : null;
  if (before !== null) return keep(deps, { request, drawn, standing, shadow: null }, plan, before);
  const asked = askModel(deps, callOf(standing.answering.variant, rows));
  const finishShadow = shadowBeside(deps, standing.shadow, (of) => rowsFor(of, read[1]!), callOf);
  const attempt = await asked;
  const told: Told = { request, drawn, standing, shadow: (await finishShadow?.()) ?? null };
  if ('error' in attempt) return fail(deps, told, attempt.error, attempt.latencyMs);
  return keep(deps, told, plan, attempt);
}

/**
 * Whether another release answers what the one that is asked fails. One on trial only gets what the champion accepts:
 * otherwise callers would depend on who is drawn.
 *
 * @throws InvalidInputError for what the champion does not accept of a release on trial
 */
function hasStandIn({ standIn, isOnTrial }: StandingArms, ask: Request['ask']): boolean {
  if (standIn === null) return false;
  if (!isOnTrial) return fits(standIn, ask);
  refuseUnfit(standIn, ask);
  return true;
}

/**
 * The answer to the very row that is asked about, computed before. Nobody is answered so while a rollout compares
 * releases: both are asked then.
 */
function scoredBefore(plan: ServingPlan, rows: RequestRows, { items }: ItemsRead, nowMs: number): Scored | null {
  const item = items[plan.views.length];
  const score = precomputedScore(plan.precomputedMaxAgeMs, item, rows.rows[0]!.row, nowMs); // a request has a row
  if (score === null) return null;
  return { ...rows, scores: [score], latencyMs: null, precomputedAt: new Date(item!.eventTimeMs).toISOString() };
}

type Tried = RequestRows | { readonly error: unknown };

function tried(rows: () => RequestRows): Tried {
  try {
    return rows();
  } catch (error) {
    return { error };
  }
}

/** Sends the shadow its call; null when there is none to ask. */
function shadowBeside(
  deps: AnswerDeps,
  shadow: StandingArms['shadow'],
  rowsFor: (plan: ServingPlan) => Tried,
  callOf: (variant: ModelCall['variant'], asked: RequestRows) => ModelCall,
): FinishShadow | null {
  if (shadow === null) return null;
  const { planned, releaseId, variant } = shadow;
  const rows = 'error' in planned ? planned : rowsFor(planned.plan);
  if (!('error' in planned) && !('error' in rows)) return askShadow(deps, planned.plan, callOf(variant, rows));
  const error = errorName('error' in rows ? rows.error : null);
  return async () => [{ releaseId, prediction: null, error, latencyMs: null, inputs: null, missingInputs: null }];
}

/** Nothing is answered before it would survive the loss of this process. */
async function keep(deps: AnswerDeps, told: Told, plan: ServingPlan, scored: Scored): Promise<PredictResponse> {
  const records = recordsOf(told, plan, scored, laterOf(deps, told.request));
  await Promise.all(records.map((record, i) => deps.ledger.record(record, scored.rows[i]!.served))); // one for each row
  return responseOf(told.request, records);
}

/** Logs a failure of the champion and counts it, and throws it. That it cannot be logged never hides it. */
async function fail(deps: AnswerDeps, told: Told, error: unknown, latencyMs: number | null): Promise<never> {
  if (error instanceof InvalidInputError) throw error; // the caller's own
  // checked by the champion's plan before anything else of a request fails
  const context = (told.request.ask.context ?? null) as PredictionRecord['context'];
  const failed = { error: errorName(error), latencyMs };
  const values = { FailedPredictions: 1, UnloggedFailures: 0 };
  try {
    await deps.ledger.recordFailure(failureRecord(told, context, failed, laterOf(deps, told.request)));
  } catch {
    values.UnloggedFailures = 1;
  }
  const { model } = told.request;
  deps.metrics.put({ dimensions: { Model: model }, dimensionSets: [['Model']], values, unit: 'Count' });
  throw error;
}

/** Now, or the instant of the request when the clock has stepped back since. */
function laterOf({ clock }: AnswerDeps, { requestedAt }: Request): Date {
  const now = clock.now();
  return now < requestedAt ? requestedAt : now;
}
