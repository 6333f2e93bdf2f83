import { sampleRatioEvidence, sampleRatioInterval } from '../stats/sample-ratio.ts';
import type { Check } from './judgement.ts';
import type { CanaryCounts } from './observations.ts';

/** From this probability on the arms are not compared any more: nothing proceeds. */
const SUSPECT_ALPHA = 0.001;
/** And from this one on there is no doubt left, so that there is nothing to wait for. */
const CERTAIN_ALPHA = 1e-6;

/**
 * Whether entities fall to the arms as declared: `observed` is the candidate's share of the units less the declared one,
 * and either sign is beyond once it is certain. It is never `within`: a split is not shown to be right, only not to be wrong.
 */
export function sampleRatioCheck({ baseline, candidate, candidateShare }: CanaryCounts, alpha: number): Check {
  const units = { n: baseline.units + candidate.units, sum: candidate.units };
  const certain = Math.min(CERTAIN_ALPHA, alpha);
  const interval = units.n === 0 ? null : sampleRatioInterval(units, candidateShare, certain);
  return {
    metric: 'sample-ratio',
    baseline: candidateShare,
    candidate: units.n === 0 ? null : units.sum / units.n,
    observed: units.n === 0 ? null : units.sum / units.n - candidateShare,
    interval: interval === null ? null : { low: interval.low - candidateShare, high: interval.high - candidateShare },
    limit: 0,
    n: { baseline: baseline.units, candidate: candidate.units },
    state: sampleRatioEvidence(units, candidateShare) >= -Math.log(certain) ? 'beyond' : 'undecided',
    isRequired: false,
    alpha: certain,
    needs: null,
  };
}

/** Whether the split is so far off that the arms can not be compared; it may still turn out to be chance. */
export function isSplitSuspect({ baseline, candidate, candidateShare }: CanaryCounts): boolean {
  const units = { n: baseline.units + candidate.units, sum: candidate.units };
  return sampleRatioEvidence(units, candidateShare) >= -Math.log(SUSPECT_ALPHA);
}
