import type { PredictResponse } from '../../../contracts/api/predictions.ts';
import { DAY_MS } from '../../../core/clock.ts';
import { decide } from '../../../core/serving/decide.ts';
import type {
  AskedPrediction,
  PredictionFailure,
  PredictionRecord,
  ShadowAnswer,
} from '../../../core/serving/prediction-record.ts';
import type { ServingPlan } from '../../../core/serving/serving-plan.ts';
import type { Scored } from './ask-model.ts';
import type { DrawnArms, FailedArm, Request, StandingArms } from './draw-arms.ts';
import { featuresBody } from './features-body.ts';

/** What there is to tell about a request, however it ended. */
export interface Told {
  readonly request: Request;
  readonly drawn: DrawnArms;
  readonly standing: StandingArms;
  /** One for each row, or one alone when it failed; null when none was asked. */
  readonly shadow: readonly ShadowAnswer[] | null;
}

/** One record for each row. */
export function recordsOf(told: Told, plan: ServingPlan, scored: Scored, answeredAt: Date): PredictionRecord[] {
  const { context, featuresReadAt, scores, latencyMs, precomputedAt } = scored;
  const expiresAtSeconds = Math.ceil((answeredAt.getTime() + plan.evidenceRetentionDays * DAY_MS) / 1000);
  const answered = answeredAt.toISOString();
  return scored.rows.map(({ features }, i) => ({
    ...askedOf(told, i, context, latencyMs),
    features,
    featuresReadAt,
    prediction: decide(plan, scores[i]!),
    ...(precomputedAt !== undefined && { precomputedAt }),
    answeredAt: answered,
    expiresAtSeconds,
  }));
}

/** Of a request that nobody answered, its first row. */
export function failureRecord(
  told: Told,
  context: PredictionRecord['context'],
  failed: { readonly error: string; readonly latencyMs: number | null },
  failedAt: Date,
): PredictionFailure {
  const { error, latencyMs } = failed;
  return { ...askedOf(told, 0, context, latencyMs), error, failedAt: failedAt.toISOString() };
}

export function responseOf({ ask }: Request, records: readonly PredictionRecord[]): PredictResponse {
  const [only] = records;
  const { model, releaseId, arm } = only!; // a request has at least one row
  if (ask.instances === undefined) {
    const { predictionId, prediction, features, precomputedAt } = only!;
    const before = precomputedAt !== undefined && { precomputedAt };
    return { predictionId, model, releaseId, arm, prediction, ...before, features: featuresBody(features) };
  }
  const predictions = records.map(({ predictionId, prediction }) => ({ predictionId, prediction }));
  return { model, releaseId, arm, predictions };
}

function askedOf(
  { request, drawn, standing, shadow }: Told,
  i: number,
  context: PredictionRecord['context'],
  latencyMs: number | null,
): AskedPrediction {
  const { rollout } = standing;
  const shadowAnswer = shadow === null ? undefined : (shadow[i] ?? shadow[0]);
  return {
    predictionId: request.predictionIds[i]!,
    model: request.model,
    releaseId: standing.answering.releaseId,
    arm: standing.role,
    entities: request.ask.entities ?? null,
    context,
    requestedAt: request.requestedAt.toISOString(),
    unit: drawn.unit,
    latencyMs,
    ...(rollout !== null && { rollout }),
    ...(drawn.failed !== null && failureIn(drawn.failed)),
    ...(shadowAnswer !== undefined && { shadow: shadowAnswer }),
  };
}

function failureIn({ role, ...failure }: FailedArm): Pick<AskedPrediction, 'challengerFailure' | 'championFailure'> {
  return role === 'challenger' ? { challengerFailure: failure } : { championFailure: failure };
}
