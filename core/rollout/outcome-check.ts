import { ANY_RATE } from '../stats/beta-binomial.ts';
import { differenceEvidence } from '../stats/two-rates.ts';
import type { Check } from './judgement.ts';
import { meanLossCheck } from './mean-checks.ts';
import type { Asked } from './measured-check.ts';
import type { ArmCounts, Moments } from './observations.ts';
import { rateDifferenceCheck } from './rate-checks.ts';

/** Probability of taking arms whose ground truth arrives alike for arms where it does not. */
const UNEVEN_ALPHA = 0.001;

/**
 * How much worse the mean of the ground truth is. Exact for outcomes of 0 and 1, asymptotic for others.
 *
 * @param better which outcomes are good
 */
export function outcomeCheck(
  asked: Asked,
  baseline: ArmCounts,
  candidate: ArmCounts,
  better: 'higher' | 'lower',
): Check {
  const check =
    isYesOrNo(baseline.outcome) && isYesOrNo(candidate.outcome)
      ? yesOrNoCheck(asked, baseline.outcome, candidate.outcome, better)
      : meanLossCheck(asked, baseline.outcome, candidate.outcome, better);
  // Those that are missing may be just the bad ones: what has arrived says nothing then.
  return arrivesUnevenly(baseline, candidate) ? { ...check, state: 'undecided', needs: null } : check;
}

/** Whether ground truth arrives for a larger share of the units of one arm than of the other. */
export function arrivesUnevenly(baseline: ArmCounts, candidate: ArmCounts): boolean {
  const arrived = ({ units, outcome }: ArmCounts) => ({ n: units, sum: Math.min(units, outcome.n) });
  const two = {
    baseline: arrived(baseline),
    candidate: arrived(candidate),
    prior: ANY_RATE,
    arms: 'independent',
  } as const;
  return differenceEvidence(two, 0) >= -Math.log(UNEVEN_ALPHA);
}

function yesOrNoCheck(asked: Asked, baseline: Moments, candidate: Moments, better: 'higher' | 'lower'): Check {
  if (better === 'lower') return rateDifferenceCheck(asked, baseline, candidate, 'independent');
  const flipped = ({ n, sum }: Moments) => ({ n, sum: n - sum });
  const check = rateDifferenceCheck(asked, flipped(baseline), flipped(candidate), 'independent');
  const seen = (share: number | null) => (share === null ? null : 1 - share);
  return { ...check, baseline: seen(check.baseline), candidate: seen(check.candidate) };
}

/** Numbers that equal their squares in sum, and make a whole number, are taken for zeros and ones. */
function isYesOrNo({ n, sum, sumSquares }: Moments): boolean {
  return sum === sumSquares && Number.isInteger(sum) && sum >= 0 && sum <= n;
}
