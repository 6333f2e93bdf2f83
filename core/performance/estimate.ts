import type { MetricChoice } from '../definitions/model.ts';
import { measure } from '../metrics/metric.ts';
import { metricName } from '../metrics/metric-facts.ts';
import { metricInterval } from '../metrics/metric-interval.ts';
import type { Scored } from '../metrics/scored.ts';

/** A metric with where it surely lies. */
export interface Estimate {
  readonly metric: string;
  /** Null where the metric is not defined. */
  readonly value: number | null;
  /** Null where the rows do not tell. */
  readonly low: number | null;
  readonly high: number | null;
}

const CONFIDENCE = 0.95;

/** The metrics of some rows, each in its interval of 95 %. */
export function measuredEstimates(metrics: readonly MetricChoice[], scored: Scored): readonly Estimate[] {
  return metrics.map((choice) => {
    const interval = metricInterval(choice, scored, CONFIDENCE);
    return {
      metric: metricName(choice),
      value: measure(choice, scored),
      low: interval?.low ?? null,
      high: interval?.high ?? null,
    };
  });
}
