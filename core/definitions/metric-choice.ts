export const METRICS = [
  'auc',
  'average_precision',
  'log_loss',
  'accuracy',
  'f1',
  'precision',
  'recall',
  'precision_at_k',
  'recall_at_k',
  'calibration_error',
  'rmse',
  'mae',
  'pinball',
] as const;
export type Metric = (typeof METRICS)[number];

/** A metric with what it takes to be a number. */
export interface MetricChoice {
  readonly metric: Metric;
  /**
   * For `precision_at_k` and `recall_at_k`: below 1 the share of the rows with the highest scores, rounded and at least
   * one row; a whole number from 1 up is a number of rows.
   */
  readonly k?: number;
  /** For `pinball`: the quantile that is predicted; above 0, below 1. */
  readonly alpha?: number;
}
