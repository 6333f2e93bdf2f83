import type { MetricChoice } from '../definitions/model.ts';
import { BugError, unreachable } from '../errors.ts';
import type { Interval } from '../stats/interval.ts';
import { normalQuantile } from '../stats/normal-quantile.ts';
import { auc, influencedAuc, pairedAuc } from './auc.ts';
import { averagePrecision } from './average-precision.ts';
import { calibrationDifference, calibrationError } from './calibration-error.ts';
import { decisionRate } from './decision-rates.ts';
import { METRIC_FACTS } from './metric-facts.ts';
import { meanOfLosses } from './row-losses.ts';
import { assertPaired, type Influenced, type Scored } from './scored.ts';
import { amongTop } from './top-rows.ts';

/**
 * The metric on the rows; null where it is not defined (no rows, one class only, nothing decided, fewer rows than k).
 *
 * `log_loss` in nats; `rmse`, `mae` and `pinball` in the label's unit; the others 0 to 1.
 * Checked by: test/reference/metrics.json and gate-metrics.json (scikit-learn).
 */
export function measure(choice: MetricChoice, scored: Scored): number | null {
  if (choice.metric === 'auc') return auc(scored.labels, scored.scores);
  if (choice.metric === 'calibration_error') return calibrationError(scored);
  return influenced(choice, scored)?.value ?? null;
}

/**
 * The metric with the influence of every row; null where the metric is not defined.
 *
 * @throws BugError for the calibration error, which has no such influence
 */
export function influenced(choice: MetricChoice, scored: Scored): Influenced | null {
  const { metric } = choice;
  assertPaired(metric, scored);
  switch (metric) {
    case 'auc':
      return influencedAuc(scored.labels, scored.scores);
    case 'average_precision':
      return averagePrecision(scored);
    case 'f1':
    case 'precision':
    case 'recall':
      return decisionRate(metric, scored);
    case 'precision_at_k':
    case 'recall_at_k':
      return amongTop(metric, parameterOf(choice, 'k'), scored);
    case 'pinball':
      return meanOfLosses({ metric, alpha: parameterOf(choice, 'alpha') }, scored);
    case 'log_loss':
    case 'accuracy':
    case 'rmse':
    case 'mae':
      return meanOfLosses({ metric }, scored);
    case 'calibration_error':
      throw new BugError('the calibration error is not smooth; compare it with calibrationDifference');
    default:
      return unreachable(metric);
  }
}

/** How much worse a candidate is than a champion on the same rows, in the metric's unit; negative when it is better. */
export interface PairedLoss {
  readonly loss: number;
  readonly standardError: number;
  /** Where the loss lies, with this confidence. */
  interval(confidence: number): Interval;
}

/**
 * Loss of the candidate against the champion, rows paired.
 *
 * AUC by DeLong; calibration error by the directional limit of its bins; every other metric by the influence of the rows,
 * which for a mean of losses is the error of a mean of differences. The intervals are asymptotic. Null where the metric
 * or its error is not defined (fewer than two rows).
 * Checked by: test/reference/metrics.json; coverage by test/reference/interval-coverage.test.ts.
 */
export function pairedLoss(
  choice: MetricChoice,
  candidate: Scored,
  championScores: readonly number[],
): PairedLoss | null {
  const { metric } = choice;
  if (metric === 'auc') {
    const paired = pairedAuc(candidate.labels, championScores, candidate.scores);
    return paired === null ? null : normalLoss(paired.a - paired.b, paired.standardError);
  }
  const champion = { ...candidate, scores: championScores };
  if (candidate.scores.length < 2) return null;
  if (metric === 'calibration_error') {
    const difference = calibrationDifference(candidate, champion);
    return difference === null ? null : { loss: difference.value, ...difference };
  }
  const [own, other] = [influenced(choice, candidate), influenced(choice, champion)];
  if (own === null || other === null) return null;
  const loss = METRIC_FACTS[metric].better === 'higher' ? other.value - own.value : own.value - other.value;
  return normalLoss(loss, standardErrorOf(own.influence.map((value, row) => value - other.influence[row]!)));
}

/** Standard error of what these are the influences on; at least two. */
export function standardErrorOf(influence: Float64Array): number {
  const n = influence.length;
  const mean = influence.reduce((sum, value) => sum + value, 0) / n;
  return Math.sqrt(influence.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1) / n);
}

function normalLoss(loss: number, standardError: number): PairedLoss {
  return {
    loss,
    standardError,
    interval: (confidence) => {
      const reach = normalQuantile((1 + confidence) / 2) * standardError;
      return { low: loss - reach, high: loss + reach };
    },
  };
}

/** @throws BugError when it is absent, which definitions do not allow */
function parameterOf({ metric, k, alpha }: MetricChoice, name: 'k' | 'alpha'): number {
  const value = name === 'k' ? k : alpha;
  if (value === undefined) throw new BugError(`metric ${metric} has no ${name}`);
  return value;
}
