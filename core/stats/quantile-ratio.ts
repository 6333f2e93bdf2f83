import { leastEvidence, logEvidence, logOfSum, type RatePrior, ratesAbout, type Trials } from './beta-binomial.ts';

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
  const from = (shift: number) => Math.min(r.first, c.first - shift) - 2;
  const to = (shift: number) => Math.max(r.last, c.last - shift) + 2;
  return {
    againstAtMost: (shift) => {
      if (isEmpty) return 0;
      let least = Number.POSITIVE_INFINITY;
      // t in bin i: everything of the baseline in it may lie at or above t; r t lies in bin i + shift or lower.
      for (let i = from(shift); i <= to(shift); i++) {
        least = Math.min(least, join(r.tooFewAbove(i - 1), c.tooManyAbove(i + shift)));
      }
      return least;
    },
    againstAbove: (shift) => {
      if (isEmpty) return 0;
      let least = Number.POSITIVE_INFINITY;
      for (let i = from(shift); i <= to(shift); i++) {
        least = Math.min(least, join(r.tooManyAbove(i), c.tooFewAbove(i - 1 + shift)));
      }
      return least;
    },
    least: r.least + c.least,
    widest: isEmpty ? 0 : Math.max(r.last, c.last) - Math.min(r.first, c.first) + 4,
  };
}

/**
 * Smallest and largest shift that is not ruled out, in bins: at every look at once the true ratio is below `low`, or
 * above `high`, with probability alpha at most (each by itself). Infinite where nothing is ruled out.
 */
export function shiftInterval(
  ratio: QuantileRatio,
  alphas: { readonly low: number; readonly high: number },
): { readonly low: number; readonly high: number } {
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

/** One-sided evidence on the share of values above the upper end of each bin. */
function tailEvidence({ bins, censored }: Histogram, above: number, prior: RatePrior) {
  const n = bins.reduce((sum, bin) => sum + bin.n, 0);
  const first = bins[0]?.bin ?? 0;
  const last = bins.at(-1)?.bin ?? 0;
  const tooFew: number[] = [];
  const tooMany: number[] = [];
  let left = n;
  let next = 0;
  for (let bin = first - 1; bin <= last; bin++) {
    const isNew = bin < first || bins[next]?.bin === bin;
    if (bins[next]?.bin === bin) left -= bins[next++]!.n;
    const before = tooFew.length - 1;
    tooFew.push(isNew ? ofShare({ n, sum: Math.min(n, left + censored) }, above, prior, 'few') : tooFew[before]!);
    tooMany.push(isNew ? ofShare({ n, sum: left }, above, prior, 'many') : tooMany[before]!);
  }
  const at = (values: readonly number[], bin: number) =>
    values[Math.min(values.length - 1, Math.max(0, bin - first + 1))]!;
  return {
    n,
    least: leastEvidence({ n, sum: n * above }, prior),
    first,
    last,
    tooFewAbove: (bin: number) => at(tooFew, bin),
    tooManyAbove: (bin: number) => at(tooMany, bin),
  };
}

/** Evidence that a share is below (`few`) or above (`many`) what it is to be: against the best fitting one that is not. */
function ofShare(trials: Trials, share: number, prior: RatePrior, side: 'few' | 'many'): number {
  const isThere = side === 'few' ? trials.sum < share * trials.n : trials.sum > share * trials.n;
  return isThere ? logEvidence(trials, share, prior) : leastEvidence(trials, prior);
}
