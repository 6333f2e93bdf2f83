import {
  betaDensity,
  EVEN_RATES,
  logEvidence,
  meanHigh,
  meanLow,
  type RatePrior,
  type Trials,
} from './beta-binomial.ts';
import type { Interval } from './interval.ts';

/** How close to the declared share other shares are looked for: as if this many units had been seen. */
const PRIOR_UNITS = 500;

/**
 * Logarithm of the evidence that units are not split as declared.
 *
 * Unit: nats; ever reaches 1/alpha with probability alpha at most when each unit falls to the candidate with
 * probability `share`. 0 without units, and when the declared share is 0 or 1 and all units are there; Infinity when
 * then one is elsewhere.
 * Formula: `logEvidence` with the priors Beta(500 share, 500 (1 - share)) and Beta(1, 1).
 * Source: Lindon & Malek (2022), NeurIPS 35 (anytime-valid multinomial test, with two categories).
 * Checked by: test/reference/judge.json (scipy).
 *
 * @param units all units, and those of the candidate as `sum`
 * @param share declared, 0 to 1
 */
export function sampleRatioEvidence(units: Trials, share: number): number {
  if (share === 0 || share === 1) return units.sum === units.n * share ? 0 : Number.POSITIVE_INFINITY;
  return logEvidence(units, share, priorOf(share));
}

/** Always-valid interval of the share that units really have; each end is wrong with probability alpha at most. */
export function sampleRatioInterval(units: Trials, share: number, alpha: number): Interval {
  const prior = priorOf(Math.min(0.999, Math.max(0.001, share)));
  return { low: meanLow(units, alpha, prior), high: meanHigh(units, alpha, prior) };
}

function priorOf(share: number): RatePrior {
  return [betaDensity(PRIOR_UNITS * share, PRIOR_UNITS * (1 - share)), ...EVEN_RATES];
}
