import {
  ANY_RATE,
  leastEvidence,
  logEvidence,
  meanHigh,
  meanLow,
  type RatePrior,
  ratesAbout,
  type Trials,
} from '../stats/beta-binomial.ts';
import { differenceEvidence, differenceHigh, differenceLow, seenDifference, type TwoArms } from '../stats/two-rates.ts';
import type { Check } from './judgement.ts';
import { type Asked, meanOf, measuredCheck } from './measured-check.ts';
import { observationsNeeded } from './observations-needed.ts';

/** Mean of values between 0 and 1 of the candidate, held against that of the baseline. */
export function rateDifferenceCheck(asked: Asked, baseline: Trials, candidate: Trials, arms: TwoArms['arms']): Check {
  const { limit, alphas } = asked;
  const two: TwoArms = { baseline, candidate, prior: priorFor(limit), arms };
  const observed = seenDifference(two);
  const measured = {
    baseline: meanOf(baseline),
    candidate: meanOf(candidate),
    observed,
    interval:
      observed === null ? null : { low: differenceLow(two, alphas.low), high: differenceHigh(two, alphas.high) },
    n: { baseline: baseline.n, candidate: candidate.n },
  };
  return measuredCheck(asked, measured, (seen) =>
    observationsNeeded({
      now: differenceEvidence(two, limit),
      least: leastEvidence(baseline, two.prior) + leastEvidence(candidate, two.prior),
      alpha: seen > limit ? alphas.low : alphas.high,
      n: candidate.n,
    }),
  );
}

/** Mean of values between 0 and 1 of the candidate, by itself. */
export function rateCheck(asked: Asked, candidate: Trials): Check {
  const { limit, alphas } = asked;
  const prior = priorFor(limit);
  const observed = meanOf(candidate);
  const measured = {
    baseline: null,
    candidate: observed,
    observed,
    interval:
      observed === null
        ? null
        : { low: meanLow(candidate, alphas.low, prior), high: meanHigh(candidate, alphas.high, prior) },
    n: { baseline: 0, candidate: candidate.n },
  };
  return measuredCheck(asked, measured, (seen) =>
    observationsNeeded({
      now: logEvidence(candidate, limit, prior),
      least: leastEvidence(candidate, prior),
      alpha: seen > limit ? alphas.low : alphas.high,
      n: candidate.n,
    }),
  );
}

/** The limit says what size of rates the owner thinks in. */
function priorFor(limit: number): RatePrior {
  return limit > 0 && limit < 1 ? ratesAbout(limit) : ANY_RATE;
}
