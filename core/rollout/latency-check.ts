import type { Interval } from '../stats/interval.ts';
import {
  type Histogram,
  quantileBin,
  quantileRatio,
  shiftInterval,
  type TwoHistograms,
} from '../stats/quantile-ratio.ts';
import type { Check } from './judgement.ts';
import { type Asked, measuredCheck } from './measured-check.ts';
import { latencyOf } from './observations.ts';
import { observationsNeeded } from './observations-needed.ts';

/** Quantile of the candidate's latency over that of the baseline's. A bound of which nothing is known yet is 0, or the largest number. */
export function latencyCheck(asked: Asked, two: TwoHistograms): Check {
  const { baseline, candidate, quantile } = two;
  const inBaseline = quantileBin(baseline, quantile);
  const inCandidate = quantileBin(candidate, quantile);
  const ratio = quantileRatio(two);
  const isMeasured = inBaseline !== null && inCandidate !== null;
  const interval: Interval | null = isMeasured ? ratioInterval(shiftInterval(ratio, asked.alphas)) : null;
  const observed = isMeasured ? ratioOf(inCandidate - inBaseline) : null;
  const measured = {
    baseline: inBaseline === null ? null : latencyOf(inBaseline),
    candidate: inCandidate === null ? null : latencyOf(inCandidate),
    observed,
    interval,
    n: { baseline: total(baseline), candidate: total(candidate) },
  };
  return measuredCheck(asked, measured, (seen) => {
    const bins = Math.log(asked.limit) / Math.log(ratioOf(1));
    const isAbove = seen > asked.limit;
    return observationsNeeded({
      now: isAbove ? ratio.againstAtMost(Math.ceil(bins)) : ratio.againstAbove(Math.floor(bins)),
      least: ratio.least,
      alpha: isAbove ? asked.alphas.low : asked.alphas.high,
      n: total(candidate),
    });
  });
}

function ratioInterval({ low, high }: Interval): Interval {
  return {
    low: low === Number.NEGATIVE_INFINITY ? 0 : ratioOf(low),
    high: high === Number.POSITIVE_INFINITY ? Number.MAX_VALUE : ratioOf(high),
  };
}

/** Ratio of latencies that lie so many bins apart. */
function ratioOf(bins: number): number {
  return latencyOf(bins) / latencyOf(0);
}

function total({ bins }: Histogram): number {
  return bins.reduce((sum, { n }) => sum + n, 0);
}
