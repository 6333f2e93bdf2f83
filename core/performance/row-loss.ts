import type { Model } from '../definitions/model.ts';
import type { PerformancePolicy } from '../definitions/monitoring.ts';
import { unreachable } from '../errors.ts';
import type { Scored } from '../metrics/scored.ts';
import type { MomentCounts } from '../stats/normal-mixture.ts';

export type LossName = PerformancePolicy['loss'];

/** Losses that fit a model of each kind. */
export const LOSSES_OF: Readonly<Record<Model['problem'], readonly LossName[]>> = {
  binary: ['log_loss', 'brier'],
  regression: ['squared_error', 'absolute_error'],
};

/**
 * Probabilities are kept this far from 0 and 1 before the logarithm, in the release's evaluation as in production: one
 * sure and wrong answer costs at most 13.8 nats.
 */
export const LOSS_CLIP = 1e-6;

/** Mean of a loss over the test rows of a release. */
export interface PromisedLoss {
  readonly mean: number;
  /** Of the mean; 0 for a single row. */
  readonly standardError: number;
}

/** What one answer costs; 0 or more. `lossSql` says the same in SQL. */
export function rowLoss(loss: LossName, score: number, label: number): number {
  switch (loss) {
    case 'log_loss': {
      const p = Math.min(1 - LOSS_CLIP, Math.max(LOSS_CLIP, score));
      return label === 1 ? -Math.log(p) : -Math.log(1 - p);
    }
    case 'brier':
      return (score - (label === 1 ? 1 : 0)) ** 2;
    case 'squared_error':
      return (score - label) ** 2;
    case 'absolute_error':
      return Math.abs(score - label);
    default:
      return unreachable(loss);
  }
}

/** How many losses, their sum and the sum of their squares. */
export function lossMoments(loss: LossName, { labels, scores }: Scored): MomentCounts {
  let [sum, sumSquares] = [0, 0];
  scores.forEach((score, row) => {
    const x = rowLoss(loss, score, labels[row]!);
    sum += x;
    sumSquares += x * x;
  });
  return { n: scores.length, sum, sumSquares };
}

/** What a release promises of each loss that fits its model; null without test rows. */
export function promisedLosses(problem: Model['problem'], test: Scored): Readonly<Record<string, PromisedLoss>> | null {
  if (test.scores.length === 0) return null;
  return Object.fromEntries(LOSSES_OF[problem].map((loss) => [loss, meanWithError(lossMoments(loss, test))]));
}

function meanWithError({ n, sum, sumSquares }: MomentCounts): PromisedLoss {
  const mean = sum / n;
  // rounding may leave a constant slightly below 0
  const variance = n < 2 ? 0 : Math.max(0, sumSquares - n * mean * mean) / (n - 1);
  return { mean, standardError: Math.sqrt(variance / n) };
}
