import type { MetricChoice } from '../definitions/model.ts';
import type { Interval } from '../stats/interval.ts';
import { normalQuantile } from '../stats/normal-quantile.ts';
import { proportionInterval } from '../stats/proportion-interval.ts';
import { calibrationDifference } from './calibration-error.ts';
import { decisionCounts } from './decision-rates.ts';
import { influenced, measure, standardErrorOf } from './metric.ts';
import type { Scored } from './scored.ts';
import { rowsOfK } from './top-rows.ts';

/**
 * Where the metric lies in the population that the rows are a sample of. Null where the metric is not defined, or all
 * rows are alike so that they say nothing about their spread.
 *
 * Shares of rows (accuracy, precision, recall, precision at k): Wilson. F1: Wilson for TP / (TP + FP + FN), which F1 is a
 * growing function of. AUC: the score interval below. Average precision and recall at k: the influence of the rows on
 * the logit. Calibration error: the directional limit of its bins. Means of losses: their standard error, from 0 up.
 * Coverage: test/reference/interval-coverage.test.ts.
 */
export function metricInterval(choice: MetricChoice, scored: Scored, confidence: number): Interval | null {
  const value = measure(choice, scored);
  const n = scored.scores.length;
  if (value === null || n < 2) return null;
  const { metric } = choice;
  const counts = decisionCounts(scored);
  if (metric === 'auc') return aucInterval(value, scored.labels, confidence);
  if (metric === 'accuracy') return proportionInterval(value * n, n, confidence);
  if (metric === 'precision_at_k') {
    const rows = rowsOfK(choice.k ?? 1, n) ?? n; // the metric is defined, so there are as many
    return proportionInterval(value * rows, rows, confidence);
  }
  if (counts !== null && (metric === 'precision' || metric === 'recall' || metric === 'f1')) {
    const { truePositives: hits, falsePositives, falseNegatives } = counts;
    if (metric === 'precision') return proportionInterval(hits, hits + falsePositives, confidence);
    if (metric === 'recall') return proportionInterval(hits, hits + falseNegatives, confidence);
    return mapped(
      proportionInterval(hits, hits + falsePositives + falseNegatives, confidence),
      (j) => (2 * j) / (1 + j),
    );
  }
  if (metric === 'calibration_error') {
    const interval = calibrationDifference(scored, null)?.interval(confidence);
    return interval === undefined ? null : mapped(interval, (end) => Math.min(1, Math.max(0, end)));
  }
  const standardError = standardErrorOf(influenced(choice, scored)!.influence); // the metric is defined
  if (standardError === 0) return null;
  const reach = normalQuantile((1 + confidence) / 2) * standardError;
  if (metric !== 'average_precision' && metric !== 'recall_at_k') {
    return { low: Math.max(0, value - reach), high: value + reach };
  }
  if (value === 0 || value === 1) return null;
  const logitReach = reach / (value * (1 - value));
  const logit = Math.log(value / (1 - value));
  return mapped({ low: logit - logitReach, high: logit + logitReach }, (x) => 1 / (1 + Math.exp(-x)));
}

/**
 * The areas from which the one seen is no further than the normal quantile times the standard error that they would have
 * by Hanley and McNeil's formula; also for an area of 1 of few rows it has a width.
 *
 * Source: Newcombe (2006), Statist. Med. 25, 559-573, method 5.
 */
function aucInterval(area: number, labels: readonly number[], confidence: number): Interval {
  const positives = labels.reduce((sum, label) => sum + (label === 1 ? 1 : 0), 0);
  const negatives = labels.length - positives;
  const pairs = (positives + negatives) / 2 - 1;
  const z = normalQuantile((1 + confidence) / 2);
  const errorAt = (of: number) => {
    const spread = 1 + (pairs * (1 - of)) / (2 - of) + (pairs * of) / (1 + of);
    return Math.sqrt((of * (1 - of) * spread) / (positives * negatives));
  };
  const end = (outer: number) => {
    let [inside, outside] = [area, outer];
    for (let step = 0; step < 60; step++) {
      const middle = (inside + outside) / 2;
      if (Math.abs(area - middle) <= z * errorAt(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  return { low: end(0), high: end(1) };
}

function mapped({ low, high }: Interval, of: (end: number) => number): Interval {
  return { low: of(low), high: of(high) };
}
