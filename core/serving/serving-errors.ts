import { PlatformError } from '../errors.ts';
import type { FeatureStatus } from './prediction-record.ts';

/** The model has no champion yet, so nothing may answer. */
export class NotPromotedError extends PlatformError {
  constructor(model: string) {
    super(
      'NotPromotedError',
      'conflict',
      `model "${model}" has no promoted release, so nothing may answer; train it (POST /v1/models/${model}/trainings) ` +
        'or roll out a release that passed its gates',
      { model },
    );
  }
}

/** The route was flipped twice while one request was being answered. */
export class RouteMovedError extends PlatformError {
  constructor(model: string) {
    super(
      'RouteMovedError',
      'unavailable',
      `the route of model "${model}" moved twice while the request was being answered; try again`,
      { model },
    );
  }
}

export interface MissingFeature {
  /** `view:feature`. */
  readonly ref: string;
  readonly status: FeatureStatus;
}

/** Inputs without a value that the model's policy does not answer without. */
export class MissingFeaturesError extends PlatformError {
  constructor(model: string, missing: readonly MissingFeature[]) {
    const list = missing.map(({ ref, status }) => `${ref} (${status})`).join(', ');
    super(
      'MissingFeaturesError',
      'conflict',
      `model "${model}" does not answer without ${list}; ingest or materialize the features, or allow it in the ` +
        "model's serving: onMissing, onStale or defaults",
      { model, features: missing },
    );
  }
}

/** The container refused the rows, or what it answered is no score. */
export class ModelFailedError extends PlatformError {
  constructor(endpointName: string, because: string, cause?: unknown) {
    super('ModelFailedError', 'unavailable', `endpoint ${endpointName} gave no prediction: ${because}`, {}, cause);
  }
}

export class PredictionNotFoundError extends PlatformError {
  constructor(predictionId: string) {
    super(
      'PredictionNotFoundError',
      'not-found',
      `no prediction with id "${predictionId}"; the id is unknown or its evidence retention has passed`,
      { predictionId },
    );
  }
}
