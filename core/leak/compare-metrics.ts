import type { Metric, Model } from '../definitions/model.ts';
import { measure, pairedLoss } from '../metrics/metric.ts';
import { METRIC_FACTS, METRICS_OF } from '../metrics/metric-facts.ts';
import type { Scored } from '../metrics/scored.ts';

/** A metric of a release, and of its training done again without the knowledge cut, on the same test rows. */
export interface MetricPair {
  readonly with: number;
  readonly without: number;
  /** `without` minus `with`, in the metric's unit. */
  readonly difference: number;
  /** Of the difference, rows paired; null when the release's scores are unknown. */
  readonly standardError: number | null;
}

export type MetricPairs = Readonly<Partial<Record<Metric, MetricPair>>>;

/**
 * Every metric that both have.
 *
 * @param released the release's metrics on these rows, as its manifest says
 * @param without the test rows with the scores of what was trained without the knowledge cut
 * @param scores the release's scores of the same rows; null when they are not kept any more
 */
export function compareMetrics(
  problem: Model['problem'],
  released: Readonly<Record<string, number>>,
  without: Scored,
  scores: readonly number[] | null,
): MetricPairs {
  const pairs = METRICS_OF[problem].flatMap((metric): [Metric, MetricPair][] => {
    const [before, value] = [released[metric], measure({ metric }, without)];
    if (before === undefined || value === null) return [];
    const standardError = scores === null ? null : (pairedLoss({ metric }, without, scores)?.standardError ?? null);
    return [[metric, { with: before, without: value, difference: value - before, standardError }]];
  });
  return Object.fromEntries(pairs);
}

/** How much better the metric is without the knowledge cut; negative when it is worse. */
export function gainOf(metric: Metric, { difference }: MetricPair): number {
  return METRIC_FACTS[metric].better === 'lower' ? -difference : difference;
}
