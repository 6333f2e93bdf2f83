import type { MomentCounts } from '../stats/normal-mixture.ts';

/** Losses of one stretch of a release's life, in order of time, and its place in the whole life, from 0. */
export interface Stretch extends MomentCounts {
  readonly place: number;
}

/** How sure it is that the mean loss has risen above a limit. */
export interface LossEvidence {
  /** Whether the limit is exceeded: the probability that this is ever said of losses that keep it is alpha at most. */
  readonly isExceeded: boolean;
  /** The mean of some stretch up to now lies at or above this; 0 when nothing is known. */
  readonly low: number;
  /** Position among the stretches from which on the evidence is strongest. */
  readonly since: number;
  /** Of all losses from there on. */
  readonly worst: MomentCounts;
}

/** Bets on by how much the limit is exceeded, from nearly all of the capital downwards. */
const BETS = Array.from({ length: 28 }, (_, i) => 0.9 * 2 ** (-i / 2));
/** What the squares of the losses take from each bet's evidence. */
const PRICES = BETS.map((bet) => -Math.log1p(-bet) - bet);

/**
 * Whether the mean of some losses, from the beginning or from any later stretch on, is above a limit, at any number of looks.
 *
 * From each start k the evidence is a supermartingale with mean 1 at most while every loss, given those before, has a mean
 * of the limit c or less: with y = x/c - 1 ≥ -1 and a bet 0 < b < 1, exp(b y - (-ln(1 - b) - b) y²) ≤ 1 + b y. A mean
 * over 28 bets, weighed over the starts by 1 / ((k + 1)(k + 2)), which sum to 1, is one too; so the probability that it
 * ever reaches 1/alpha is alpha at most (Ville). Nothing is assumed of the losses but that they are not negative: not
 * their number, nor their tails, nor a variance.
 *
 * The lower bound puts m in the place of the mean alone: exp(b (x - m)/c - …) is a supermartingale for means of m or less by
 * 1 + z ≤ e^z, and falls with m.
 *
 * Cost: stretches × 28, some forty times for the bound.
 * Sources: Fan, Grama & Liu (2015), Electron. J. Probab. 20, 1-22 (the inequality); Howard, Ramdas, McAuliffe & Sekhon
 * (2021), Ann. Statist. 49, 1055-1080 (at any time); Shin, Ramdas & Rinaldo (2024), New Eng. J. Stat. Data Sci. 2, 229-260
 * (weights over starts).
 * Checked by: test/reference/performance.test.ts (in numpy), test/property/performance-evidence.test.ts (rates).
 *
 * @param limit above 0
 */
export function lossEvidence(stretches: readonly Stretch[], limit: number, alpha: number): LossEvidence {
  const from = suffixes(stretches);
  const reaches = (mean: number) => isAgainst(from, limit, mean, alpha);
  const isAbove = reaches(limit);
  let [low, high] = isAbove ? [limit, limit] : [0, limit];
  if (isAbove) {
    while (reaches(high)) high *= 2;
  }
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (reaches(middle)) low = middle;
    else high = middle;
  }
  const strengths = from.map((one) => logFrom(one, limit, low > 0 ? low : limit));
  const since = strengths.indexOf(Math.max(...strengths));
  const worst = from[since] ?? { n: 0, sum: 0, sumSquares: 0 };
  return { isExceeded: isAbove, low, since: Math.max(0, since), worst };
}

/** Whether the limit is exceeded, and no more: see `lossEvidence`. */
export function isExceeded(stretches: readonly Stretch[], limit: number, alpha: number): boolean {
  return isAgainst(suffixes(stretches), limit, limit, alpha);
}

/** Whether the evidence against means of `mean` or less, over all starts, is enough. */
function isAgainst(from: readonly Stretch[], limit: number, mean: number, alpha: number): boolean {
  const needed = -Math.log(alpha);
  // mostly it is far from enough, which no bet has to be looked at for
  if (logTotal(from.map((one) => logMost(one, limit, mean))) < needed) return false;
  return logTotal(from.map((one) => logFrom(one, limit, mean))) >= needed;
}

/** Of each stretch and all that follow it. */
function suffixes(stretches: readonly Stretch[]): readonly Stretch[] {
  const sums: Stretch[] = [];
  let [n, sum, sumSquares] = [0, 0, 0];
  for (const stretch of [...stretches].reverse()) {
    n += stretch.n;
    sum += stretch.sum;
    sumSquares += stretch.sumSquares;
    sums.push({ place: stretch.place, n, sum, sumSquares });
  }
  return sums.reverse();
}

/** Logarithm of the weighed evidence of one start against means of `mean` or less. */
function logFrom(stretch: Stretch, limit: number, mean: number): number {
  const { above, squares, weight } = sumsOf(stretch, limit, mean);
  return logTotal(BETS.map((bet, i) => bet * above - PRICES[i]! * squares)) - Math.log(BETS.length) + weight;
}

/** No less than `logFrom`, since the price of a bet is more than half its square. */
function logMost(stretch: Stretch, limit: number, mean: number): number {
  const { above, squares, weight } = sumsOf(stretch, limit, mean);
  return (above <= 0 ? 0 : above ** 2 / (2 * squares)) + weight;
}

function sumsOf({ place, n, sum, sumSquares }: Stretch, limit: number, mean: number) {
  return {
    above: (sum - n * mean) / limit,
    squares: Math.max(0, sumSquares / limit - 2 * sum + n * limit) / limit,
    weight: -Math.log((place + 1) * (place + 2)),
  };
}

/** Logarithm of the sum of what these are the logarithms of. */
function logTotal(logs: readonly number[]): number {
  const largest = Math.max(...logs);
  if (!Number.isFinite(largest)) return largest;
  return largest + Math.log(logs.reduce((total, log) => total + Math.exp(log - largest), 0));
}
