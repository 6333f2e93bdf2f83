import type { Metric, Model } from '../definitions/model.ts';
import { InvalidInputError, unreachable } from '../errors.ts';
import { auc, pairedAuc } from './auc.ts';

/** Rows a metric is measured on. */
export interface Scored {
  /** Binary: 0 or 1. Regression: any finite number. */
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  /** Score at and above which a binary decision is positive; null for regression. */
  readonly threshold: number | null;
}

/** Probabilities are kept this far from 0 and 1, as scikit-learn does for float64. */
const CLIP = 2 ** -52;

/** Metrics that mean something for a kind of problem. */
export const METRICS_OF: Readonly<Record<Model['problem'], readonly Metric[]>> = {
  binary: ['auc', 'log_loss', 'accuracy'],
  regression: ['rmse', 'mae'],
};

/**
 * The metric on the rows; null where it is not defined (no rows, AUC of one class, accuracy without a threshold).
 *
 * `log_loss` in nats, `rmse` and `mae` in the label's unit, `auc` and `accuracy` 0 to 1.
 * Checked by: test/reference/metrics.json (scikit-learn).
 */
export function measure(metric: Metric, scored: Scored): number | null {
  if (metric === 'auc') return auc(scored.labels, scored.scores);
  const losses = rowLosses(metric, scored);
  if (losses === null || losses.length === 0) return null;
  const average = losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
  switch (metric) {
    case 'accuracy':
      return 1 - average;
    case 'rmse':
      return Math.sqrt(average);
    case 'log_loss':
    case 'mae':
      return average;
    default:
      return unreachable(metric);
  }
}

/** How much worse a candidate is than a champion on the same rows, in the metric's unit; negative when it is better. */
export interface PairedLoss {
  readonly loss: number;
  readonly standardError: number;
}

/**
 * Loss of the candidate against the champion with its standard error, rows paired.
 *
 * AUC by DeLong; the other metrics are means over rows, so the error is that of a mean of differences; RMSE by the
 * delta method on the two mean squares. Null where the metric or its error is not defined (fewer than two rows).
 * Checked by: test/reference/metrics.json.
 */
export function pairedLoss(metric: Metric, candidate: Scored, championScores: readonly number[]): PairedLoss | null {
  if (metric === 'auc') {
    const paired = pairedAuc(candidate.labels, championScores, candidate.scores);
    return paired === null ? null : { loss: paired.a - paired.b, standardError: paired.standardError };
  }
  const own = rowLosses(metric, candidate);
  const other = rowLosses(metric, { ...candidate, scores: championScores });
  if (own === null || other === null || own.length < 2) return null;
  if (metric !== 'rmse') {
    const gaps = own.map((loss, row) => loss - other[row]!);
    return { loss: meanOf(gaps), standardError: Math.sqrt(varianceOf(gaps) / gaps.length) };
  }
  const rmseOwn = Math.sqrt(meanOf(own));
  const rmseOther = Math.sqrt(meanOf(other));
  const slopes = own.map((loss, row) => weigh(loss, rmseOwn) - weigh(other[row]!, rmseOther));
  return { loss: rmseOwn - rmseOther, standardError: Math.sqrt(varianceOf(slopes) / slopes.length) };
}

function weigh(squared: number, rmse: number): number {
  return rmse === 0 ? 0 : squared / (2 * rmse);
}

function rowLosses(metric: Exclude<Metric, 'auc'>, { labels, scores, threshold }: Scored): number[] | null {
  if (labels.length !== scores.length) {
    throw new InvalidInputError(
      `${metric}: ${labels.length} labels but ${scores.length} scores; allowed is one score per label`,
    );
  }
  switch (metric) {
    case 'log_loss':
      return scores.map((score, row) => {
        const p = Math.min(1 - CLIP, Math.max(CLIP, score));
        return labels[row] === 1 ? -Math.log(p) : -Math.log1p(-p);
      });
    case 'accuracy':
      if (threshold === null) return null;
      return scores.map((score, row) => (score >= threshold === (labels[row] === 1) ? 0 : 1));
    case 'rmse':
      return scores.map((score, row) => (score - labels[row]!) ** 2);
    case 'mae':
      return scores.map((score, row) => Math.abs(score - labels[row]!));
    default:
      return unreachable(metric);
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: readonly number[]): number {
  const center = meanOf(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}
