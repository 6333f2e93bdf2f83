import { InvalidInputError } from '../errors.ts';
import { leastEvidence } from '../stats/beta-binomial.ts';
import { atCuts, distanceInterval, seenDistance } from '../stats/distribution-distance.ts';
import { differenceEvidence, seenDifference, type TwoArms } from '../stats/two-rates.ts';
import type { Check } from './judgement.ts';
import { observationsNeeded } from './observations-needed.ts';
import { type Asked, described, stateOf } from './rate-checks.ts';

/**
 * Largest gap between the distribution functions of the scores at the cuts.
 *
 * @throws InvalidInputError when the arms were counted by other cuts
 */
export function predictionsCheck(
  asked: Asked,
  baseline: readonly number[],
  candidate: readonly number[],
  arms: TwoArms['arms'],
): Check {
  if (baseline.length !== candidate.length) {
    throw new InvalidInputError(
      `scores are counted in ${candidate.length} bins for the candidate but ${baseline.length} for the baseline; both must be counted by the same cuts`,
    );
  }
  const cuts = atCuts(baseline, candidate, arms);
  const observed = seenDistance(cuts);
  const interval = distanceInterval(cuts, asked.alphas);
  const state = stateOf(interval, asked.limit);
  return {
    ...described(asked),
    baseline: null,
    candidate: null,
    observed,
    interval,
    n: { baseline: sum(baseline), candidate: sum(candidate) },
    state,
    needs: observed === null || state !== 'undecided' ? null : needed(asked, cuts, observed),
  };
}

/** The widest gap decides: one that is too wide, or the last that is shown not to be. */
function needed({ limit, alphas }: Asked, cuts: readonly TwoArms[], observed: number): number | null {
  const widest = cuts.find((cut) => Math.abs(seenDifference(cut) ?? 0) === observed)!; // the one it was taken from
  const isAbove = observed > limit;
  return observationsNeeded({
    now: differenceEvidence(widest, limit * (Math.sign(seenDifference(widest) ?? 0) || 1)),
    least: leastEvidence(widest.baseline, widest.prior) + leastEvidence(widest.candidate, widest.prior),
    alpha: isAbove ? alphas.low / cuts.length : alphas.high,
    n: widest.candidate.n,
  });
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}
