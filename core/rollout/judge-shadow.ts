import type { RolloutPolicy, ShadowPolicy } from '../definitions/rollout-policy.ts';
import { alphasOf } from './judge-budget.ts';
import { beyondSentence, missingSentence, undecidedSentence, whole, withinSentence } from './judge-sentence.ts';
import type { Check, Judgement } from './judgement.ts';
import { latencyCheck } from './latency-check.ts';
import { meanCheck } from './mean-checks.ts';
import type { Asked } from './measured-check.ts';
import type { ShadowCounts } from './observations.ts';
import { predictionsCheck } from './predictions-check.ts';
import { rateCheck, rateDifferenceCheck } from './rate-checks.ts';

/** What is asked of one look at the shadow. */
export interface ShadowLook {
  readonly counts: ShadowCounts;
  /** The policy's shadow, which it has or there would be none. */
  readonly shadow: ShadowPolicy;
  readonly policy: RolloutPolicy;
}

/**
 * Says of the answers to the same requests whether the shadow may answer for itself.
 *
 * `go-back` as soon as one check is beyond its limit. `proceed` when the policy's number of pairs is reached and errors,
 * flipped decisions and differences of scores (those that the policy limits) are within. Latency, the distribution of
 * predictions and missing inputs are not waited for: the canary shows them to better advantage, since a shadow that is late is cut
 * off. Otherwise `continue`. Both sides saw the same requests, so nothing is promised of their independence.
 *
 * @throws InvalidInputError when the sides were counted by other cuts
 */
export function judgeShadow(look: ShadowLook): Judgement {
  const { counts, shadow } = look;
  const checks = checksOf(look);
  const said = (verdict: Judgement['verdict'], because: string): Judgement => ({ verdict, because, checks });

  const beyond = checks.filter((check) => check.state === 'beyond');
  if (beyond.length > 0) return said('go-back', beyondSentence(beyond));
  if (counts.pairs < shadow.minPairs) {
    const sofar = `${whole(counts.pairs)} of ${whole(shadow.minPairs)} requests were answered by both`;
    return said('continue', `not enough seen yet: ${sofar}, ${whole(shadow.minPairs - counts.pairs)} more are needed`);
  }
  const required = checks.filter((check) => check.isRequired);
  const missing = required.filter((check) => check.observed === null);
  if (missing.length > 0) return said('continue', missingSentence(missing));
  const undecided = required.filter((check) => check.state !== 'within');
  if (undecided.length > 0) return said('continue', undecidedSentence(undecided));
  return said('proceed', withinSentence(required));
}

function checksOf({ counts, shadow, policy }: ShadowLook): readonly Check[] {
  const { baseline, candidate, requests, pairs } = counts;
  const { errors, latency, predictions, missing } = policy.judge;
  const { maxDecisionFlips, maxScoreDifference } = shadow;
  const optional = [errors.max, latency, predictions, missing, maxDecisionFlips, maxScoreDifference];
  const alphas = alphasOf(policy, 1 + optional.filter((setting) => setting !== null).length);
  const asked = (metric: Asked['metric'], limit: number, isRequired: boolean) => ({
    metric,
    limit,
    alphas,
    isRequired,
  });

  const failed = (side: typeof baseline) => ({ n: requests, sum: side.failed });
  const checks = [
    rateDifferenceCheck(asked('errors', errors.margin, true), failed(baseline), failed(candidate), 'paired'),
  ];
  if (errors.max !== null) checks.push(rateCheck(asked('error-limit', errors.max, false), failed(candidate)));
  if (latency !== null) {
    const sides = {
      baseline: { bins: baseline.latency, censored: baseline.late },
      candidate: { bins: candidate.latency, censored: candidate.late },
    };
    const two = { ...sides, quantile: latency.quantile, arms: 'paired' } as const;
    checks.push(latencyCheck(asked('latency', latency.maxRatio, false), two));
  }
  if (predictions !== null) {
    const askedFor = asked('predictions', predictions.margin, false);
    checks.push(predictionsCheck(askedFor, baseline.scores, candidate.scores, 'paired'));
  }
  if (missing !== null) {
    const askedFor = asked('missing', missing.margin, false);
    checks.push(rateDifferenceCheck(askedFor, baseline.missing, candidate.missing, 'paired'));
  }
  if (maxDecisionFlips !== null) {
    checks.push(rateCheck(asked('decision-flips', maxDecisionFlips, true), { n: pairs, sum: counts.flips }));
  }
  if (maxScoreDifference !== null) {
    checks.push(meanCheck(asked('score-difference', maxScoreDifference, true), counts.difference));
  }
  return checks;
}
