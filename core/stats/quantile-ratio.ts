import type { Alphas } from './alphas.ts';
import {
  leastEvidence,
  logLikelihood,
  logMixture,
  logOfSum,
  type RatePrior,
  ratesAbout,
  type Trials,
} from './beta-binomial.ts';
import type { Interval } from './interval.ts';

/** Observations by bin. Bin b holds values above `ratio^(b-1)` and up to `ratio^b`, in some unit. */
export interface Histogram {
  /** In order; only bins that have any. */
  readonly bins: readonly { readonly bin: number; readonly n: number }[];
  /**
   * Observations of which only a lower bound is known: they are counted in the bin of that bound, and may as well be
   * infinite.
   */
  readonly censored: number;
}

/** Two histograms of the same bins, and which quantile of them is compared. */
export interface TwoHistograms {
  readonly baseline: Histogram;
  readonly candidate: Histogram;
  /** 0 < quantile < 1. */
  readonly quantile: number;
  readonly arms: 'independent' | 'paired';
}

/** Evidence about the ratio of two quantiles, for shifts of whole bins. */
export interface QuantileRatio {
  /**
   * Logarithm of the evidence against "the candidate's quantile is at most that of the baseline, `shift` bins up".
   * Grows as the shift falls.
   */
  readonly againstAtMost: (shift: number) => number;
  /** Against "it is above the baseline's, `shift` bins up". Grows with the shift. */
  readonly againstAbove: (shift: number) => number;
  /** Evidence against what was seen: at or below 0. */
  readonly least: number;
  /** Bins within which shifts differ: beyond, both are constant. */
  readonly widest: number;
}

/**
 * Compares a quantile of two histograms by evidence that may be looked at at any time.
 *
 * Let t be the baseline's true quantile. Were the candidate's at most r t, its share of values above r t would be 1 -
 * quantile at most, and the baseline's share of values at or above t at least that. Both are shares against a known
 * number, so each has its one-sided beta-binomial martingale, and their product (average where the arms are paired) is
 * evidence. t is unknown: the least evidence over all t counts, bin by bin, where within a bin the counts are taken that
 * speak least. So nothing is lost by binning but power: the ratio is told to about two bins.
 *
 * Unit: nats. 0 or less when an arm has no observation.
 * Cost: linear in the range of bins; constant in the observations.
 * Source: Howard & Ramdas (2022), Bernoulli 28, 1704-1728 (quantiles by sequences for exceedances); Robbins (1970).
 * Checked by: test/unit/stats/quantile-ratio.test.ts (all thresholds tried one by one), test/property/stats.
 */
export function quantileRatio({ baseline, candidate, quantile, arms }: TwoHistograms): QuantileRatio {
  const above = 1 - quantile;
  const prior = ratesAbout(above);
  const r = tailEvidence(baseline, above, prior);
  const c = tailEvidence(candidate, above, prior);
  const isEmpty = r.n === 0 || c.n === 0;
  const join = (x: number, y: number) => (arms === 'independent' ? x + y : logOfSum(x, y) - Math.LN2);
  /** Over all bins i of t: evidence on the baseline above bin i + `r`, and on the candidate above bin i + `c`. */
  const leastOver = (ofR: Tail['tooFew'], rShift: number, ofC: Tail['tooFew'], cShift: number) => {
    if (isEmpty) return 0;
    const from = Math.min(r.first - rShift, c.first - cShift) - 1;
    const to = Math.max(r.last - rShift, c.last - cShift);
    let least = Number.POSITIVE_INFINITY;
    for (let i = from; i <= to; i++)
      least = Math.min(least, join(at(ofR, i + rShift - r.first), at(ofC, i + cShift - c.first)));
    return least;
  };
  return {
    // t in bin i: all that the baseline has in bin i may lie at or above t, and r t in bin i + shift or lower.
    againstAtMost: (shift) => leastOver(r.tooFew, -1, c.tooMany, shift),
    // None of it may lie above t, and r t in bin i - 1 + shift or higher.
    againstAbove: (shift) => leastOver(r.tooMany, 0, c.tooFew, shift - 1),
    least: r.least + c.least,
    widest: isEmpty ? 0 : Math.max(r.last, c.last) - Math.min(r.first, c.first) + 4,
  };
}

/**
 * Smallest and largest shift that is not ruled out, in bins: at every look at once the true ratio is below `low`, or
 * above `high`, with probability alpha at most (each by itself). Infinite where nothing is ruled out.
 */
export function shiftInterval(ratio: QuantileRatio, alphas: Alphas): Interval {
  const { widest } = ratio;
  const isTooLow = (shift: number) => ratio.againstAtMost(shift) >= -Math.log(alphas.low);
  const isHighEnough = (shift: number) => ratio.againstAbove(shift) >= -Math.log(alphas.high);
  return {
    low: isTooLow(-widest) ? lastWhere(isTooLow, -widest, widest) : Number.NEGATIVE_INFINITY,
    high: isHighEnough(widest)
      ? -lastWhere((shift) => isHighEnough(-shift), -widest, widest)
      : Number.POSITIVE_INFINITY,
  };
}

/** Bin that holds the quantile of what was seen; null without observations. */
export function quantileBin({ bins }: Histogram, quantile: number): number | null {
  const n = bins.reduce((sum, bin) => sum + bin.n, 0);
  let below = 0;
  for (const bin of bins) {
    below += bin.n;
    if (below >= quantile * n && below > 0) return bin.bin;
  }
  return null;
}

/** Largest whole number that still holds, when it holds for `from` and for everything up to some number. */
function lastWhere(holds: (shift: number) => boolean, from: number, to: number): number {
  let low = from;
  let high = to + 1;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}

/** One-sided evidence on the share of values above the upper end of each bin, from the bin before the first to the last. */
interface Tail {
  readonly n: number;
  readonly first: number;
  readonly last: number;
  readonly least: number;
  /** That it is below what it is to be: against the best fitting share that is not. */
  readonly tooFew: readonly number[];
  /** That it is above. */
  readonly tooMany: readonly number[];
}

function tailEvidence({ bins, censored }: Histogram, above: number, prior: RatePrior): Tail {
  const n = bins.reduce((sum, bin) => sum + bin.n, 0);
  const first = bins[0]?.bin ?? 0;
  const last = bins.at(-1)?.bin ?? 0;
  const least = leastEvidence({ n, sum: n * above }, prior);
  const tooFew: number[] = [];
  const tooMany: number[] = [];
  let left = n;
  let next = 0;
  for (let bin = first - 1; bin <= last; bin++) {
    // Expected counts need not be whole: rounding must not leave less than nothing.
    if (bins[next]?.bin === bin) left = Math.max(0, left - bins[next++]!.n);
    else if (bin >= first) {
      tooFew.push(tooFew.at(-1)!);
      tooMany.push(tooMany.at(-1)!);
      continue;
    }
    const evidence = bothSides({ n, sum: left }, above, prior);
    tooMany.push(evidence.tooMany);
    tooFew.push(
      censored === 0 ? evidence.tooFew : bothSides({ n, sum: Math.min(n, left + censored) }, above, prior).tooFew,
    );
  }
  return { n, first, last, least, tooFew, tooMany };
}

/** Evidence against `above` or more, and against `above` or less: in each case against the share on that side that fits best. */
function bothSides(trials: Trials, above: number, prior: RatePrior) {
  const mixture = logMixture(trials, prior);
  const least = trials.n === 0 ? 0 : mixture - logLikelihood(trials, trials.sum / trials.n);
  const against = mixture - logLikelihood(trials, above);
  const isFew = trials.sum < above * trials.n;
  return { tooFew: isFew ? against : least, tooMany: isFew ? least : against };
}

/** By distance from the first bin; the ends go on for ever. */
function at(values: readonly number[], distance: number): number {
  return values[Math.min(values.length - 1, Math.max(0, distance + 1))]!;
}
