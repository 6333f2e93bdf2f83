import type { Interval } from '../stats/interval.ts';
import {
  FEWEST_FOR_MOMENTS,
  type MomentCounts,
  meanDifferenceInterval,
  meanInterval,
} from '../stats/normal-mixture.ts';
import type { Check } from './judgement.ts';
import { type Asked, described, stateOf } from './rate-checks.ts';

/** Mean of the candidate by itself, of numbers of any size. Asymptotic: undecided below a hundred observations. */
export function meanCheck(asked: Asked, candidate: MomentCounts): Check {
  const isEnough = candidate.n >= FEWEST_FOR_MOMENTS;
  const interval = isEnough ? meanInterval(candidate, asked.alphas, asked.limit) : null;
  const observed = meanOf(candidate);
  return {
    ...described(asked),
    baseline: null,
    candidate: observed,
    observed,
    interval,
    n: { baseline: 0, candidate: candidate.n },
    state: stateOf(interval, asked.limit),
    needs: needed(asked, observed, interval, candidate.n, candidate.n),
  };
}

/**
 * How much worse the candidate's mean is, of numbers of any size. Asymptotic: undecided below a hundred observations of
 * either arm.
 *
 * @param better which numbers are good
 */
export function meanLossCheck(
  asked: Asked,
  baseline: MomentCounts,
  candidate: MomentCounts,
  better: 'higher' | 'lower',
): Check {
  const [less, more] = better === 'higher' ? [candidate, baseline] : [baseline, candidate];
  const fewest = Math.min(baseline.n, candidate.n);
  const interval = fewest >= FEWEST_FOR_MOMENTS ? meanDifferenceInterval(less, more, asked.alphas, asked.limit) : null;
  const inMore = meanOf(more);
  const inLess = meanOf(less);
  const observed = inMore === null || inLess === null ? null : inMore - inLess;
  return {
    ...described(asked),
    baseline: meanOf(baseline),
    candidate: meanOf(candidate),
    observed,
    interval,
    n: { baseline: baseline.n, candidate: candidate.n },
    state: stateOf(interval, asked.limit),
    needs: needed(asked, observed, interval, candidate.n, fewest),
  };
}

/** An interval gets narrower with the root of the observations. */
function needed(
  { limit }: Asked,
  observed: number | null,
  interval: Interval | null,
  n: number,
  fewest: number,
): number | null {
  if (observed === null || fewest === 0) return null;
  if (interval === null) return Math.ceil((n * (FEWEST_FOR_MOMENTS - fewest)) / fewest);
  if (stateOf(interval, limit) !== 'undecided') return null;
  const width = observed > limit ? observed - interval.low : interval.high - observed;
  const growth = (width / (limit - observed)) ** 2;
  return growth > 1e4 ? null : Math.max(1, Math.ceil((growth - 1) * n));
}

function meanOf({ n, sum }: MomentCounts): number | null {
  return n === 0 ? null : sum / n;
}
