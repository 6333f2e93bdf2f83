import type { Interval } from '../stats/interval.ts';
import { FEWEST_FOR_MOMENTS, meanDifferenceInterval, meanInterval } from '../stats/normal-mixture.ts';
import type { Check } from './judgement.ts';
import { type Asked, meanOf, measuredCheck } from './measured-check.ts';
import type { Moments } from './observations.ts';

/** Mean of the candidate by itself, of numbers of any size. Asymptotic: undecided below a hundred observations. */
export function meanCheck(asked: Asked, candidate: Moments): Check {
  const { n } = candidate;
  const interval = n >= FEWEST_FOR_MOMENTS ? meanInterval(candidate, asked.alphas, asked.limit) : null;
  const observed = meanOf(candidate);
  const measured = { baseline: null, candidate: observed, observed, interval, n: { baseline: 0, candidate: n } };
  return measuredCheck(asked, measured, (seen) => needed(asked, seen, interval, n, n));
}

/**
 * How much worse the candidate's mean is, of numbers of any size. Asymptotic: undecided below a hundred observations of
 * either arm.
 *
 * @param better which numbers are good
 */
export function meanLossCheck(asked: Asked, baseline: Moments, candidate: Moments, better: 'higher' | 'lower'): Check {
  const [less, more] = better === 'higher' ? [candidate, baseline] : [baseline, candidate];
  const fewest = Math.min(baseline.n, candidate.n);
  const interval = fewest >= FEWEST_FOR_MOMENTS ? meanDifferenceInterval(less, more, asked.alphas, asked.limit) : null;
  const inMore = meanOf(more);
  const inLess = meanOf(less);
  const measured = {
    baseline: meanOf(baseline),
    candidate: meanOf(candidate),
    observed: inMore === null || inLess === null ? null : inMore - inLess,
    interval,
    n: { baseline: baseline.n, candidate: candidate.n },
  };
  return measuredCheck(asked, measured, (seen) => needed(asked, seen, interval, candidate.n, fewest));
}

/** An interval gets narrower with the root of the observations. */
function needed(
  { limit }: Asked,
  observed: number,
  interval: Interval | null,
  n: number,
  fewest: number,
): number | null {
  if (interval === null) return Math.ceil((n * (FEWEST_FOR_MOMENTS - fewest)) / fewest);
  const width = observed > limit ? observed - interval.low : interval.high - observed;
  const growth = (width / (limit - observed)) ** 2;
  return growth > 1e4 ? null : Math.max(1, Math.ceil((growth - 1) * n));
}
