import type {
  Outcome,
  PredictionFailure,
  PredictionRecord,
  ServedColumns,
} from '../../core/serving/prediction-record.ts';

/** Predictions as they were answered and the ground truth that came later. */
export interface PredictionLedger {
  /**
   * Resolves when the record would survive the loss of this process. The same id again changes nothing.
   *
   * @param served what the record's features say, for the log alone
   */
  record(prediction: PredictionRecord, served: ServedColumns): Promise<void>;
  /** Notes in the log alone, for those who count errors; there is no evidence of what was not answered. */
  recordFailure(failure: PredictionFailure): Promise<void>;
  /** @throws NotFoundError when the id is unknown or its retention has passed */
  evidence(predictionId: string): Promise<PredictionRecord & { readonly outcomes: readonly Outcome[] }>;
  /** Per outcome: `recorded`, `duplicate` (the same value again), `corrected` (another value for the same prediction), or `unknown-prediction`. */
  recordOutcomes(model: string, outcomes: readonly Outcome[]): Promise<readonly OutcomeReceipt[]>;
}

export interface OutcomeReceipt {
  readonly predictionId: string;
  readonly status: 'recorded' | 'duplicate' | 'corrected' | 'unknown-prediction';
}
