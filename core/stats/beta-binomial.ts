import { logBeta } from './log-gamma.ts';

/**
 * Observations between 0 and 1: how many there are, and their sum. For yes-or-no observations the sum is the number of
 * yes; anything between, such as a share, is as good.
 */
export interface Trials {
  readonly n: number;
  /** 0 <= sum <= n. */
  readonly sum: number;
}

/**
 * Where the alternatives to a rate are looked for: Beta(a, b) distributions in equal parts, fixed before the data. What
 * a test promises holds for any; its power is best for rates that the prior holds for likely.
 */
export type RatePrior = readonly BetaDensity[];

export interface BetaDensity {
  readonly a: number;
  readonly b: number;
  /** log B(a, b), which every evidence needs. */
  readonly logBeta: number;
}

/** Both above 0. */
export function betaDensity(a: number, b: number): BetaDensity {
  return { a, b, logBeta: logBeta(a, b) };
}

/** Looks everywhere, and hardest near 0 and 1. */
export const ANY_RATE: RatePrior = [betaDensity(0.5, 0.5)];

/** Every rate alike. */
export const EVEN_RATES: RatePrior = [betaDensity(1, 1)];

/** Rates of about this size or less, and, in case it is quite another, any: 0 < rate < 1. */
export function ratesAbout(rate: number): RatePrior {
  return [betaDensity(0.5, Math.max(0.5, 0.5 / rate)), ...ANY_RATE];
}

/**
 * Logarithm of the evidence against "the mean is p": the beta-binomial mixture of likelihood ratios.
 *
 * With yes-or-no observations its exponential is a martingale that starts at 1 as long as each observation is yes with
 * probability p whatever came before; with observations between 0 and 1 of mean p a supermartingale, since each ratio
 * (q/p)^x ((1-q)/(1-p))^(1-x) is convex in x. So it ever reaches 1/alpha with probability alpha at most: it may be
 * looked at after every observation, and the order of looks and observations is irrelevant.
 *
 * Unit: nats. 0 without observations; Infinity when the observations are impossible under p; never NaN.
 * Formula: log of the mean over the parts of the prior of B(a + sum, b + n - sum) / B(a, b), less sum log p + (n - sum)
 * log(1 - p).
 * Source: Robbins (1970), Ann. Math. Statist. 41, 1397-1409 (method of mixtures); Howard, Ramdas, McAuliffe & Sekhon
 * (2021), Ann. Statist. 49, 1055-1080 (beta-binomial mixture bound).
 * Checked by: test/reference/judge.json (scipy).
 *
 * @param p 0 to 1
 * @example
 * logEvidence({ n: 0, sum: 0 }, 0.3, ANY_RATE); // => 0
 */
export function logEvidence({ n, sum }: Trials, p: number, prior: RatePrior): number {
  return logMixture({ n, sum }, prior) - logLikelihood({ n, sum }, p);
}

/** Evidence against the rate that was seen: the least there is against any rate. At or below 0: the price of looking often. */
export function leastEvidence(trials: Trials, prior: RatePrior): number {
  return trials.n === 0 ? 0 : logEvidence(trials, trials.sum / trials.n, prior);
}

/**
 * Bound of the confidence sequence for the mean: at every look at once the mean is below `low`, or above `high`, with
 * probability alpha at most (each side by itself).
 *
 * Unit: as the observations, 0 to 1. Without observations 0 and 1. The seen mean always lies inside.
 * Source: as `logEvidence`; the sequence is the set of p against which it stays below log(1/alpha).
 * Checked by: test/reference/judge.json (scipy's brentq on the formula).
 */
export function meanLow(trials: Trials, alpha: number, prior: RatePrior): number {
  return trials.n === 0 ? 0 : edgeOfMeans(trials, alpha, prior, 0);
}

/** The other end: see `meanLow`. */
export function meanHigh(trials: Trials, alpha: number, prior: RatePrior): number {
  return trials.n === 0 ? 1 : edgeOfMeans(trials, alpha, prior, 1);
}

/** Evidence grows from the seen mean towards both ends, so halving finds the edge. */
function edgeOfMeans(trials: Trials, alpha: number, prior: RatePrior, end: 0 | 1): number {
  const mixture = logMixture(trials, prior);
  const isOutside = (p: number) => mixture - logLikelihood(trials, p) >= -Math.log(alpha);
  if (!isOutside(end)) return end;
  let inside = trials.sum / trials.n;
  let outside: number = end;
  for (let round = 0; round < 60 && inside !== outside; round++) {
    const middle = (inside + outside) / 2;
    if (isOutside(middle)) outside = middle;
    else inside = middle;
  }
  return outside;
}

/** Probability of the observations under the prior, in nats. */
export function logMixture({ n, sum }: Trials, prior: RatePrior): number {
  if (n === 0) return 0;
  const parts = prior.map((part) => logBeta(part.a + sum, part.b + n - sum) - part.logBeta);
  return parts.reduce(logOfSum) - Math.log(prior.length);
}

/** log(exp(x) + exp(y)) without overflow. */
export function logOfSum(x: number, y: number): number {
  const larger = Math.max(x, y);
  return Number.isFinite(larger) ? larger + Math.log1p(Math.exp(-Math.abs(x - y))) : larger;
}

/** Probability of the observations under the rate p, in nats; -Infinity when they are impossible. */
export function logLikelihood({ n, sum }: Trials, p: number): number {
  return (sum === 0 ? 0 : sum * Math.log(p)) + (sum === n ? 0 : (n - sum) * Math.log1p(-p));
}
