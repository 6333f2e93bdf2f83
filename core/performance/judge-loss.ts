import type { PerformancePolicy } from '../definitions/monitoring.ts';
import type { Evaluation } from '../release/release-manifest.ts';
import { normalQuantile } from '../stats/normal-quantile.ts';
import { lossEvidence, type Stretch } from './loss-evidence.ts';
import type { LossName, PromisedLoss } from './row-loss.ts';

/** The losses of production against those of the evaluation. */
export interface LossFindings {
  readonly name: LossName;
  readonly promised: number | null;
  readonly limit: number | null;
  /** Mean of the worst stretch; null without outcomes. */
  readonly seen: number | null;
  readonly low: number | null;
  /** Position of the stretch that the worst one begins with. */
  readonly since: number | null;
  /** Since then. */
  readonly outcomes: number;
  /** All that were counted. */
  readonly all: number;
  readonly outcome: 'holding' | 'degraded' | 'not-computable';
  readonly because: string;
}

/**
 * Degraded when the mean loss has surely risen above the promised one by more than the margin.
 *
 * The promise is itself a mean of so many test rows. Half of the error probability goes to it: the limit is the upper end
 * of where the promised mean lies, times 1 + margin. The other half goes to `lossEvidence`.
 *
 * A release of a platform that did not record its losses promises the metric that is the same mean, and its error is told
 * from the spread of the live losses.
 */
export function judgeLoss(
  policy: Pick<PerformancePolicy, 'loss' | 'margin' | 'falseAlarms' | 'minOutcomes'>,
  evaluation: Pick<Evaluation, 'losses' | 'metrics' | 'testRows'>,
  stretches: readonly Stretch[],
): LossFindings {
  const all = stretches.reduce((total, { n }) => total + n, 0);
  const promise = promiseOf(policy.loss, evaluation, stretches);
  const nothing = { name: policy.loss, promised: promise?.mean ?? null, outcomes: all, all };
  const unknown = { ...nothing, limit: null, seen: null, low: null, since: null, outcome: 'not-computable' } as const;
  if (promise === null) {
    return {
      ...unknown,
      because: `the release does not tell the mean ${policy.loss} of its test rows; train it again`,
    };
  }
  const reach = normalQuantile(1 - policy.falseAlarms / 2) * promise.standardError;
  const limit = (promise.mean + reach) * (1 + policy.margin);
  if (limit === 0) {
    return {
      ...unknown,
      limit,
      because: `the mean ${policy.loss} of the test rows is 0, which nothing can be a share of`,
    };
  }
  if (all === 0) return { ...unknown, limit, because: 'no matured prediction has an outcome' };
  const evidence = lossEvidence(stretches, limit, policy.falseAlarms / 2);
  const { n, sum } = evidence.worst;
  const seen = n === 0 ? null : sum / n;
  const found = { ...nothing, limit, seen, low: evidence.low, since: evidence.since, outcomes: n };
  if (all < policy.minOutcomes) {
    const because = `${all} matured outcomes of different units; ${policy.minOutcomes} are needed`;
    return { ...found, outcome: 'not-computable', because };
  }
  const numbers = `mean ${policy.loss} ${short(seen)} of ${n} outcomes, surely above ${short(evidence.low)}`;
  const promised = `promised were ${short(promise.mean)}, the limit is ${short(limit)}`;
  return evidence.isExceeded
    ? { ...found, outcome: 'degraded', because: `${numbers}; ${promised}` }
    : { ...found, outcome: 'holding', because: `${numbers}: not surely above the limit; ${promised}` };
}

/** Metrics of every evaluation that are a function of the mean loss. */
const SAME_MEAN: Readonly<Partial<Record<LossName, (metrics: Evaluation['metrics']) => number | undefined>>> = {
  log_loss: (metrics) => metrics['log_loss'],
  absolute_error: (metrics) => metrics['mae'],
  squared_error: ({ rmse }) => (rmse === undefined ? undefined : rmse ** 2),
};

function promiseOf(
  loss: LossName,
  { losses, metrics, testRows }: Pick<Evaluation, 'losses' | 'metrics' | 'testRows'>,
  stretches: readonly Stretch[],
): PromisedLoss | null {
  const recorded = losses?.[loss];
  if (recorded !== undefined) return recorded;
  const mean = SAME_MEAN[loss]?.(metrics);
  if (mean === undefined || testRows === 0) return null;
  const total = { n: 0, sum: 0, sumSquares: 0 };
  for (const { n, sum, sumSquares } of stretches) {
    total.n += n;
    total.sum += sum;
    total.sumSquares += sumSquares;
  }
  const spread = total.n < 2 ? 0 : Math.max(0, total.sumSquares - total.sum ** 2 / total.n) / (total.n - 1);
  return { mean, standardError: Math.sqrt(spread / testRows) };
}

function short(value: number | null): string {
  return value === null ? 'unknown' : value.toPrecision(4);
}
