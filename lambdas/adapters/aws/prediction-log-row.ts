import type { PredictionLogRow } from '../../../contracts/prediction-log.ts';
import { countMissing } from '../../../core/serving/count-missing.ts';
import type {
  AskedPrediction,
  PredictionFailure,
  PredictionRecord,
  ServedColumns,
} from '../../../core/serving/prediction-record.ts';

/** The line of the log about an answered prediction. */
export function answeredRow(record: PredictionRecord, served: ServedColumns): PredictionLogRow {
  const { features, featuresReadAt, prediction } = record;
  const { inputs, missingInputs } = countMissing(features);
  return {
    ...askedColumns(record),
    features: JSON.stringify(features),
    score: prediction.score,
    decision: prediction.decision,
    answered_at_ms: Date.parse(record.answeredAt),
    features_read_at_ms: featuresReadAt === null ? null : Date.parse(featuresReadAt),
    error: null,
    inputs,
    missing_inputs: missingInputs,
    input_numbers: served.numbers,
    input_texts: served.texts,
    precomputed_at_ms: record.precomputedAt === undefined ? null : Date.parse(record.precomputedAt),
  };
}

/** The line of the log about a request that nobody answered. */
export function failedRow(failure: PredictionFailure): PredictionLogRow {
  return {
    ...askedColumns(failure),
    features: null,
    score: null,
    decision: null,
    answered_at_ms: Date.parse(failure.failedAt),
    features_read_at_ms: null,
    error: failure.error,
    inputs: null,
    missing_inputs: null,
    input_numbers: null,
    input_texts: null,
    precomputed_at_ms: null,
  };
}

function askedColumns(asked: AskedPrediction) {
  const { rollout, shadow, latencyMs, entities, context } = asked;
  const failed = asked.challengerFailure ?? asked.championFailure;
  return {
    prediction_id: asked.predictionId,
    model: asked.model,
    release_id: asked.releaseId,
    arm: asked.arm,
    entities: entities === null ? null : JSON.stringify(entities),
    context: context === null ? null : JSON.stringify(context),
    requested_at_ms: Date.parse(asked.requestedAt),
    rollout_id: rollout?.rolloutId ?? null,
    share: rollout?.share ?? null,
    unit: asked.unit ?? null,
    latency_ms: latencyMs ?? null,
    failed_release_id: failed?.releaseId ?? null,
    failed_error: failed?.error ?? null,
    failed_latency_ms: failed?.latencyMs ?? null,
    shadow_release_id: shadow?.releaseId ?? null,
    shadow_score: shadow?.prediction?.score ?? null,
    shadow_decision: shadow?.prediction?.decision ?? null,
    shadow_latency_ms: shadow?.latencyMs ?? null,
    shadow_error: shadow?.error ?? null,
    shadow_inputs: shadow?.inputs ?? null,
    shadow_missing_inputs: shadow?.missingInputs ?? null,
  };
}
