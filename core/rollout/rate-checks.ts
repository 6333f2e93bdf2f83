import type { Alphas } from '../stats/alphas.ts';
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
import type { Interval } from '../stats/interval.ts';
import { differenceEvidence, differenceHigh, differenceLow, seenDifference, type TwoArms } from '../stats/two-rates.ts';
import type { Check } from './judgement.ts';
import { observationsNeeded } from './observations-needed.ts';

/** What every check is made from. */
export interface Asked {
  readonly metric: Check['metric'];
  /** Largest value that is fine. */
  readonly limit: number;
  readonly alphas: Alphas;
  readonly isRequired: boolean;
}

/** Mean of values between 0 and 1 of the candidate, held against that of the baseline. */
export function rateDifferenceCheck(asked: Asked, baseline: Trials, candidate: Trials, arms: TwoArms['arms']): Check {
  const two: TwoArms = { baseline, candidate, prior: priorFor(asked.limit), arms };
  const observed = seenDifference(two);
  const interval =
    observed === null
      ? null
      : { low: differenceLow(two, asked.alphas.low), high: differenceHigh(two, asked.alphas.high) };
  const state = stateOf(interval, asked.limit);
  return {
    ...described(asked),
    baseline: meanOf(baseline),
    candidate: meanOf(candidate),
    observed,
    interval,
    n: { baseline: baseline.n, candidate: candidate.n },
    state,
    needs:
      observed === null || state !== 'undecided'
        ? null
        : observationsNeeded({
            now: differenceEvidence(two, asked.limit),
            least: leastEvidence(baseline, two.prior) + leastEvidence(candidate, two.prior),
            alpha: observed > asked.limit ? asked.alphas.low : asked.alphas.high,
            n: candidate.n,
          }),
  };
}

/** Mean of values between 0 and 1 of the candidate, by itself. */
export function rateCheck(asked: Asked, candidate: Trials): Check {
  const prior = priorFor(asked.limit);
  const observed = meanOf(candidate);
  const interval =
    observed === null
      ? null
      : { low: meanLow(candidate, asked.alphas.low, prior), high: meanHigh(candidate, asked.alphas.high, prior) };
  const state = stateOf(interval, asked.limit);
  return {
    ...described(asked),
    baseline: null,
    candidate: observed,
    observed,
    interval,
    n: { baseline: 0, candidate: candidate.n },
    state,
    needs:
      observed === null || state !== 'undecided'
        ? null
        : observationsNeeded({
            now: logEvidence(candidate, asked.limit, prior),
            least: leastEvidence(candidate, prior),
            alpha: observed > asked.limit ? asked.alphas.low : asked.alphas.high,
            n: candidate.n,
          }),
  };
}

/** The parts of a check that its asking decides. */
export function described({ metric, limit, alphas, isRequired }: Asked) {
  return { metric, limit, alpha: alphas.low, isRequired };
}

export function stateOf(interval: Interval | null, limit: number): Check['state'] {
  if (interval === null) return 'undecided';
  if (interval.low > limit) return 'beyond';
  return interval.high <= limit ? 'within' : 'undecided';
}

function meanOf({ n, sum }: Trials): number | null {
  return n === 0 ? null : sum / n;
}

/** The limit says what size of rates the owner thinks in. */
function priorFor(limit: number): RatePrior {
  return limit > 0 && limit < 1 ? ratesAbout(limit) : ANY_RATE;
}
