import type { Value } from '../definitions/value-type.ts';

/** Who may be drawn to answer a request. */
export const ANSWERING_ARMS = ['champion', 'challenger'] as const;
export type AnsweringArm = (typeof ANSWERING_ARMS)[number];

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

/**
 * The served values of a row by place, in the order of the release's inputs: numbers, instants (epoch milliseconds) and
 * booleans (0 or 1) in the one, texts in the other; null elsewhere, and where no value was served, whatever stood for it.
 */
export interface ServedColumns {
  readonly numbers: readonly (number | null)[];
  readonly texts: readonly (string | null)[];
}

/** What was asked, and of whom. */
export interface AskedPrediction {
  readonly predictionId: string;
  readonly model: string;
  readonly releaseId: string;
  /** Role of the release in the route, whichever variant it runs on. */
  readonly arm: AnsweringArm;
  /** Join key values by name; null when the caller gave the features itself. */
  readonly entities: Readonly<Record<string, string | number>> | null;
  /** Request-time values by name, instants in ISO 8601; null when the caller gave the features itself. */
  readonly context: Readonly<Record<string, Value>> | null;
  /** ISO 8601; `request_time` of on-demand features. */
  readonly requestedAt: string;
  /** What arms are drawn by, see `unitKey`. Absent, like the rest, from records of older platforms. */
  readonly unit?: string;
  /** The rollout that it took part in; absent without one. */
  readonly rollout?: RolloutPart;
  /** Time that the model took to answer, or until it failed; null when it was not asked. */
  readonly latencyMs?: number | null;
  /** Set when the challenger was to answer and failed, so that the champion was asked instead. */
  readonly challengerFailure?: ArmFailure;
  /** Set when the champion was to answer and failed, so that the one before it was asked instead. */
  readonly championFailure?: ArmFailure;
  /** Set when a shadow was asked the same. */
  readonly shadow?: ShadowAnswer;
}

/** What was asked, seen and answered. */
export interface PredictionRecord extends AskedPrediction {
  /** The model's inputs by `view:feature`; instants among them in ISO 8601. */
  readonly features: Readonly<Record<string, SeenValue>>;
  /** ISO 8601: before `requestedAt` when they were used again; null when the caller gave the features itself. */
  readonly featuresReadAt: string | null;
  readonly prediction: Prediction;
  /** ISO 8601: the instant that the answer was computed for, when it was there before; absent when the model was asked. */
  readonly precomputedAt?: string;
  readonly answeredAt: string;
  /** Epoch seconds after which the ledger may forget it. */
  readonly expiresAtSeconds: number;
}

/** A request that the release could not answer: its model gave none, or features were missing that it refuses to go without. */
export interface PredictionFailure extends AskedPrediction {
  /** Name of the error that the caller got. */
  readonly error: string;
  readonly failedAt: string;
}

export interface RolloutPart {
  readonly rolloutId: string;
  /** Of the units that the challenger is to answer; null while only a shadow is asked. */
  readonly share: number | null;
}

export interface ArmFailure {
  readonly releaseId: string;
  /** Name of the error. */
  readonly error: string;
  /** From asking the model until it failed; null when it was not asked. */
  readonly latencyMs: number | null;
}

/** What the shadow made of the same request; nobody was told. */
export interface ShadowAnswer {
  readonly releaseId: string;
  /** Null when it failed or was late. */
  readonly prediction: Prediction | null;
  /** Name of its error, or `late`; null for an answer. */
  readonly error: string | null;
  /** How long it took, or was waited for; null when it was not asked. */
  readonly latencyMs: number | null;
  /** Inputs that it saw, and those of them that had no value; null when they could not be put together. */
  readonly inputs: number | null;
  readonly missingInputs: number | null;
}

/** What a shadow that had not answered when its time was up is called. */
export const LATE = 'late';

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
