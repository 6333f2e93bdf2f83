import type { JudgePolicy, RolloutPolicy } from '../definitions/rollout-policy.ts';
import type { Alphas } from '../stats/alphas.ts';
import { alphasOf } from './judge-budget.ts';
import {
  beyondSentence,
  missingSentence,
  percent,
  undecidedSentence,
  watchedSentence,
  whole,
  withinSentence,
} from './judge-sentence.ts';
import type { Check, Judgement } from './judgement.ts';
import { latencyCheck } from './latency-check.ts';
import type { Asked } from './measured-check.ts';
import type { CanaryCounts } from './observations.ts';
import { arrivesUnevenly, outcomeCheck } from './outcome-check.ts';
import { predictionsCheck } from './predictions-check.ts';
import { rateCheck, rateDifferenceCheck } from './rate-checks.ts';
import { isSplitSuspect, sampleRatioCheck } from './sample-ratio-check.ts';

/** What is asked of one look at a step of the canary, or at the watch after it. */
export interface CanaryLook {
  /** Of the step or of the watch, from its beginning. In the watch the new champion is the candidate. */
  readonly counts: CanaryCounts;
  readonly policy: RolloutPolicy;
  /** The last step is the one that has to show that the release is no worse. */
  readonly phase: 'step' | 'last-step' | 'watch';
}

/**
 * Says of what a canary has shown so far whether it may proceed.
 *
 * `go-back` as soon as one check is beyond its limit, or the split of the entities is certainly not the declared one.
 * `proceed` when the candidate has answered the policy's number of entities, every required check has observations of both
 * arms, the split is not suspect and, in the last step, every required check is within its limit. Time (`bakeMs`,
 * `withinMs`, `forMs`) is the caller's. Otherwise `continue`: no data is never a pass.
 *
 * The same counts give the same answer, and looks cost nothing: however often it is asked in a rollout of a release that
 * is at its limits or better, `falseRollback` bounds the probability that it ever says `go-back` (see docs/judge.md).
 *
 * @throws InvalidInputError when the arms were counted by other cuts
 */
export function judgeCanary({ counts, policy, phase }: CanaryLook): Judgement {
  const checks = checksOf(counts, policy, phase);
  const said = (verdict: Judgement['verdict'], because: string): Judgement => ({ verdict, because, checks });

  const beyond = checks.filter((check) => check.state === 'beyond');
  if (beyond.length > 0) return said('go-back', beyondSentence(beyond));
  if (isSplitSuspect(counts)) return said('continue', suspectSentence(counts));

  const { units } = counts.candidate;
  const minUnits = policy.canary?.minUnits ?? 1;
  if (phase === 'watch') return said(units < minUnits ? 'continue' : 'proceed', watchedSentence(checks, counts));
  if (units < minUnits) {
    const sofar = `${whole(units)} of ${whole(minUnits)} entities have met the candidate`;
    return said('continue', `not enough seen yet: ${sofar}, ${whole(minUnits - units)} more are needed`);
  }

  const required = checks.filter((check) => check.isRequired);
  const missing = required.filter((check) => check.observed === null);
  if (missing.length > 0) return said('continue', missingSentence(missing));
  if (phase === 'step') {
    return said('proceed', `nothing is beyond its limit after ${whole(units)} entities on the candidate`);
  }
  const undecided = required.filter((check) => check.state !== 'within');
  if (undecided.length > 0) return said('continue', undecidedBecause(undecided, counts));
  return said('proceed', withinSentence(required));
}

function checksOf(counts: CanaryCounts, policy: RolloutPolicy, phase: CanaryLook['phase']): readonly Check[] {
  const { judge } = policy;
  const alphas = alphasOf(policy, checksPerLook(judge));
  const checks = [sampleRatioCheck(counts, alphas.low), ...errorChecks(counts, judge, alphas, phase !== 'watch')];
  return [...checks, ...answerChecks(counts, judge, alphas, phase !== 'watch')];
}

function checksPerLook({ errors, latency, predictions, missing, outcome }: JudgePolicy): number {
  return 2 + [errors.max, latency, predictions, missing, outcome].filter((setting) => setting !== null).length;
}

/** What is counted by request. */
function errorChecks(
  { baseline, candidate }: CanaryCounts,
  { errors, latency }: JudgePolicy,
  alphas: Alphas,
  isRequired: boolean,
): readonly Check[] {
  const failed = (arm: typeof baseline) => ({ n: arm.requests, sum: arm.failed });
  const checks = [
    rateDifferenceCheck(
      { metric: 'errors', limit: errors.margin, alphas, isRequired },
      failed(baseline),
      failed(candidate),
      'independent',
    ),
  ];
  if (errors.max !== null) {
    checks.push(rateCheck({ metric: 'error-limit', limit: errors.max, alphas, isRequired: false }, failed(candidate)));
  }
  if (latency !== null) {
    checks.push(
      latencyCheck(
        { metric: 'latency', limit: latency.maxRatio, alphas, isRequired },
        {
          baseline: { bins: baseline.latency, censored: 0 },
          candidate: { bins: candidate.latency, censored: 0 },
          quantile: latency.quantile,
          arms: 'independent',
        },
      ),
    );
  }
  return checks;
}

/** What is counted once for each entity. */
function answerChecks(
  { baseline, candidate }: CanaryCounts,
  { predictions, missing, outcome }: JudgePolicy,
  alphas: Alphas,
  isRequired: boolean,
): readonly Check[] {
  const checks: Check[] = [];
  if (predictions !== null) {
    const asked: Asked = { metric: 'predictions', limit: predictions.margin, alphas, isRequired };
    checks.push(predictionsCheck(asked, baseline.scores, candidate.scores, 'independent'));
  }
  if (missing !== null) {
    const asked: Asked = { metric: 'missing', limit: missing.margin, alphas, isRequired };
    checks.push(rateDifferenceCheck(asked, baseline.missing, candidate.missing, 'independent'));
  }
  if (outcome !== null) {
    const asked: Asked = {
      metric: 'outcome',
      limit: outcome.margin,
      alphas,
      isRequired: isRequired && outcome.isRequired,
    };
    checks.push(outcomeCheck(asked, baseline, candidate, outcome.better));
  }
  return checks;
}

function suspectSentence({ baseline, candidate, candidateShare }: CanaryCounts): string {
  const units = baseline.units + candidate.units;
  return `the arms can not be compared: ${percent(candidate.units / units)} of ${whole(units)} entities met the candidate where ${percent(candidateShare)} were to`;
}

function undecidedBecause(undecided: readonly Check[], { baseline, candidate }: CanaryCounts): string {
  const sentence = undecidedSentence(undecided);
  if (!undecided.some(({ metric }) => metric === 'outcome') || !arrivesUnevenly(baseline, candidate)) return sentence;
  const share = ({ units, outcome }: typeof baseline) => percent(outcome.n / Math.max(1, units));
  return `${sentence}; outcomes have arrived for ${share(candidate)} of the candidate's entities and ${share(baseline)} of the baseline's, so they can not be compared`;
}
