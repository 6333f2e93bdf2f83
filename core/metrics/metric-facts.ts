import type { Metric, MetricChoice, Model } from '../definitions/model.ts';

/** What a metric is about and which way it is better. */
export interface MetricFacts {
  readonly problem: Model['problem'];
  readonly better: 'higher' | 'lower';
  /** Largest value it can have; the smallest is 0. */
  readonly max: number;
  /** What has to be said besides its name. */
  readonly parameter: 'k' | 'alpha' | null;
}

const BINARY = { problem: 'binary', better: 'higher', max: 1, parameter: null } as const;
const LOSS = { problem: 'regression', better: 'lower', max: Number.MAX_VALUE, parameter: null } as const;

export const METRIC_FACTS: Readonly<Record<Metric, MetricFacts>> = {
  auc: BINARY,
  average_precision: BINARY,
  log_loss: { ...LOSS, problem: 'binary' },
  accuracy: BINARY,
  f1: BINARY,
  precision: BINARY,
  recall: BINARY,
  precision_at_k: { ...BINARY, parameter: 'k' },
  recall_at_k: { ...BINARY, parameter: 'k' },
  calibration_error: { ...BINARY, better: 'lower' },
  rmse: LOSS,
  mae: LOSS,
  pinball: { ...LOSS, parameter: 'alpha' },
};

/** Metrics that every release of a kind of problem is measured by: those that need no parameter. */
export const METRICS_OF: Readonly<Record<Model['problem'], readonly Metric[]>> = {
  binary: ['auc', 'average_precision', 'log_loss', 'accuracy', 'f1', 'precision', 'recall', 'calibration_error'],
  regression: ['rmse', 'mae'],
};

/** `precision_at_100`, `recall_at_10%`, `pinball(0.9)`; other metrics by their name. */
export function metricName({ metric, k, alpha }: MetricChoice): string {
  if (k !== undefined) return `${metric.replace(/k$/, '')}${k < 1 ? `${Number((k * 100).toPrecision(12))}%` : k}`;
  return alpha === undefined ? metric : `${metric}(${alpha})`;
}
