import { InvalidInputError } from '../errors.ts';
import { leastEvidence } from '../stats/beta-binomial.ts';
import { atCuts, distanceInterval, seenDistance } from '../stats/distribution-distance.ts';
import { differenceEvidence, seenDifference, type TwoArms } from '../stats/two-rates.ts';
import type { Check } from './judgement.ts';
import { type Asked, measuredCheck } from './measured-check.ts';
import { observationsNeeded } from './observations-needed.ts';

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
  const measured = {
    baseline: null,
    candidate: null,
    observed: seenDistance(cuts),
    interval: distanceInterval(cuts, asked.alphas),
    n: { baseline: sum(baseline), candidate: sum(candidate) },
  };
  return measuredCheck(asked, measured, (seen) => needed(asked, cuts, seen));
}

/** A gap that is too wide is enough to go back, the first one shown; to be within, the last one has to be shown not to be. */
function needed({ limit, alphas }: Asked, cuts: readonly TwoArms[], observed: number): number | null {
  const isAbove = observed > limit;
  const each = cuts
    .filter((cut) => !isAbove || Math.abs(seenDifference(cut) ?? 0) > limit)
    .map((cut) =>
      observationsNeeded({
        now: differenceEvidence(cut, (seenDifference(cut) ?? 0) < 0 ? -limit : limit),
        least: leastEvidence(cut.baseline, cut.prior) + leastEvidence(cut.candidate, cut.prior),
        alpha: isAbove ? alphas.low / cuts.length : alphas.high,
        n: cut.candidate.n,
      }),
    );
  const known = each.filter((needs) => needs !== null);
  if (isAbove) return known.length === 0 ? null : Math.min(...known);
  return known.length < each.length ? null : Math.max(...known);
}

function sum(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}
