import type { Value } from '../definitions/value-type.ts';
import type { Variant } from '../release/route.ts';

/** Feast's words for what a served value is. */
export const FEATURE_STATUSES = ['PRESENT', 'NULL_VALUE', 'NOT_FOUND', 'OUTSIDE_MAX_AGE'] as const;
export type FeatureStatus = (typeof FEATURE_STATUSES)[number];

/** One served value with the reason it is what it is. Only `PRESENT` carries a value. */
export interface ServedValue {
  readonly value: Value;
  readonly status: FeatureStatus;
  /** When the value became true; null when nothing was found, and for what became true with the request. */
  readonly eventTimeMs: number | null;
}

/** A served value as a prediction saw it. */
export interface SeenValue extends ServedValue {
  /** What the model saw in its place, by the model's policy; absent when it saw the value itself, or that it is missing. */
  readonly defaultValue?: Value;
}

/** What was asked, seen and answered. */
export interface PredictionRecord {
  readonly predictionId: string;
  readonly model: string;
  readonly releaseId: string;
  readonly arm: Variant;
  /** Join key values by name; null when the caller gave the features itself. */
  readonly entities: Readonly<Record<string, string | number>> | null;
  /** Request-time values by name, instants in ISO 8601; null when the caller gave the features itself. */
  readonly context: Readonly<Record<string, Value>> | null;
  /** The model's inputs by `view:feature`; instants among them in ISO 8601. */
  readonly features: Readonly<Record<string, SeenValue>>;
  /** ISO 8601: before `requestedAt` when they were used again; null when the caller gave the features itself. */
  readonly featuresReadAt: string | null;
  readonly prediction: Prediction;
  /** ISO 8601; `request_time` of on-demand features. */
  readonly requestedAt: string;
  readonly answeredAt: string;
  /** Epoch seconds after which the ledger may forget it. */
  readonly expiresAtSeconds: number;
}

export interface Prediction {
  /** Probability of the positive class, or the estimate of a regression. */
  readonly score: number;
  /** Whether the score reaches the decision threshold; null without one. */
  readonly decision: boolean | null;
}

/** Ground truth for a prediction. */
export interface Outcome {
  readonly predictionId: string;
  readonly value: number | boolean;
  /** ISO 8601: when it became true. */
  readonly occurredAt: string;
}
