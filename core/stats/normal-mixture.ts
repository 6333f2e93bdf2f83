import type { Alphas } from './alphas.ts';
import type { Interval } from './interval.ts';

/** Of numbers x: how many, their sum and the sum of their squares. */
export interface MomentCounts {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** How the mixture is tuned: it is tightest about here, and only logarithmically wider elsewhere. */
const TUNED_FOR_OBSERVATIONS = 1000;
/** Variance of the alternatives looked for, in variances of the observations. */
const ALTERNATIVES = 10 / TUNED_FOR_OBSERVATIONS;

/** Fewer observations of an arm than this decide nothing: the variance is estimated from them. */
export const FEWEST_FOR_MOMENTS = 100;

/**
 * Interval for the mean, at every look at once. Asymptotic: the probability is alpha in the limit of many observations
 * (independent, with a finite variance), and nothing is promised for few or for very heavy tails.
 *
 * Each side by itself is wrong with probability alpha at most. Unit: that of the observations.
 * Null with fewer than two observations.
 * Formula: mean ± sqrt(2 (log 1/alpha + log(1 + n t) / 2) (1 + n t) / (n² t) s²), t = 0.01.
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024), Ann. Statist. 52, 2613-2640, equation for the Gaussian
 * mixture boundary.
 * Checked by: test/reference/judge.json (the formula in numpy).
 *
 * @param scale variance is not taken for smaller than if one more observation lay this far from the mean; 0 for none
 */
export function meanInterval(moments: MomentCounts, alphas: Alphas, scale: number): Interval | null {
  const arm = armOf(moments, scale);
  if (arm === null) return null;
  return around(arm.mean, arm.price, arm.precision, alphas);
}

/**
 * Interval for the mean of the candidate less that of the baseline; otherwise as `meanInterval`.
 *
 * The arms may grow in any proportion: the sum of both arms' log martingales is a quadratic in the baseline's mean, and
 * its least value is that of (difference seen - difference)² / 2 × (a b / (a + b)), less both prices.
 * Null when an arm has fewer than two observations.
 */
export function meanDifferenceInterval(
  baseline: MomentCounts,
  candidate: MomentCounts,
  alphas: Alphas,
  scale: number,
): Interval | null {
  const r = armOf(baseline, scale);
  const c = armOf(candidate, scale);
  if (r === null || c === null) return null;
  const precision = 1 / (1 / r.precision + 1 / c.precision);
  return around(c.mean - r.mean, r.price + c.price, precision, alphas);
}

/** Evidence against a difference is precision × (seen - difference)² / 2 - price. */
function around(seen: number, price: number, precision: number, alphas: Alphas): Interval {
  const radius = (alpha: number) => Math.sqrt((2 * (price - Math.log(alpha))) / precision);
  return { low: seen - radius(alphas.low), high: seen + radius(alphas.high) };
}

function armOf({ n, sum, sumSquares }: MomentCounts, scale: number) {
  if (n < 2) return null;
  const mean = sum / n;
  // Rounding may leave a constant slightly below 0.
  const squares = Math.max(0, sumSquares - n * mean * mean) + scale * scale;
  const spread = 1 + n * ALTERNATIVES;
  return { mean, price: Math.log(spread) / 2, precision: ((n * n * ALTERNATIVES) / spread) * ((n - 1) / squares) };
}
