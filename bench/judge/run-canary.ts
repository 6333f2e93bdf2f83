import type { RolloutPolicy } from '../../core/definitions/rollout-policy.ts';
import { type CanaryLook, judgeCanary } from '../../core/rollout/judge-canary.ts';
import type { Judgement } from '../../core/rollout/judgement.ts';
import type { Rival } from './rivals.ts';
import type { Regression, Traffic } from './traffic.ts';

const MINUTE_MS = 60_000;
/** Minutes of the last step that judges without a rule of their own are given. */
const LAST_STEP_MINUTES = 30;

/** What one canary came to. */
export interface CanaryRun {
  readonly headgate: {
    readonly end: 'promoted' | 'went back' | 'deadline';
    /** The check that was beyond its limit. */
    readonly metric: string | null;
    /** From the canary's beginning to the promotion or to going back, whichever came first. */
    readonly minutes: number;
    /** It was promoted and went back in the watch. */
    readonly isInWatch: boolean;
    /** Requests that the candidate had answered by then. */
    readonly requests: number;
    readonly looks: number;
  };
  /** For each rival the minute at which it failed the canary; null when it did not. */
  readonly rivals: readonly (number | null)[];
}

/**
 * One rollout from the first step to the end of the watch, with a look after each minute. The rivals watch the same
 * minutes until the last step is half an hour old; their verdicts change nothing, so that all see the same traffic.
 */
export function runCanary(traffic: Traffic, policy: RolloutPolicy, rivals: readonly Rival[]): CanaryRun {
  const { canary, watch } = policy;
  if (canary === null || watch === null) throw new Error('the policy has no canary or no watch');
  const failedAt: (number | null)[] = rivals.map(() => null);
  let ours: Judgement | null = null;
  let decidedAt = 0;
  let requests = 0;
  let looks = 0;
  let minute = 0;
  const deadline = canary.withinMs / MINUTE_MS;

  for (const [step, share] of canary.steps.entries()) {
    const isLast = step === canary.steps.length - 1;
    traffic.beginPhase();
    for (let age = 1; age <= deadline; age++) {
      minute++;
      const seen = traffic.next(share);
      const isEnd = isLast && age === LAST_STEP_MINUTES;
      if (!isLast || age <= LAST_STEP_MINUTES) {
        for (const [i, rival] of rivals.entries()) if (rival.fails(seen, isEnd)) failedAt[i] ??= minute;
      }
      requests += ours === null ? seen.candidate.requests : 0;
      const isBaked = age * MINUTE_MS >= canary.bakeMs;
      let mayStep = isBaked;
      if (ours === null) {
        const judged = look(share, isLast ? 'last-step' : 'step');
        mayStep = isBaked && judged.verdict === 'proceed';
        if (judged.verdict === 'go-back' || (isLast && mayStep)) [ours, decidedAt] = [judged, minute];
      }
      if (isLast ? ours !== null && age >= LAST_STEP_MINUTES : mayStep) break;
    }
  }
  if (ours === null) return ended('deadline', null, minute, false);
  if (ours.verdict === 'go-back') return ended('went back', beyondOf(ours), decidedAt, false);

  traffic.beginPhase();
  for (let age = 1; age <= watch.forMs / MINUTE_MS; age++) {
    traffic.next(1 - watch.holdback);
    const judged = look(1 - watch.holdback, 'watch');
    if (judged.verdict === 'go-back') return ended('went back', beyondOf(judged), decidedAt + age, true);
  }
  return ended('promoted', null, decidedAt, false);

  function look(share: number, phase: CanaryLook['phase']): Judgement {
    looks++;
    return judgeCanary({ counts: { kind: 'canary', ...traffic.counts(), candidateShare: share }, policy, phase });
  }

  function ended(
    end: CanaryRun['headgate']['end'],
    metric: string | null,
    minutes: number,
    isInWatch: boolean,
  ): CanaryRun {
    return { headgate: { end, metric, minutes, isInWatch, requests, looks }, rivals: failedAt };
  }
}

function beyondOf({ checks }: Judgement): string | null {
  return checks.find(({ state }) => state === 'beyond')?.metric ?? null;
}

/** A regression of each kind, so many times the policy's margin. */
export function regressionsOf({ judge }: RolloutPolicy, times: number): Readonly<Record<string, Regression>> {
  const none: Regression = { errors: 0, latency: 1, predictions: 0, outcome: 0 };
  return {
    errors: { ...none, errors: times * judge.errors.margin },
    'p95 latency': { ...none, latency: (judge.latency?.maxRatio ?? 1) ** times },
    predictions: { ...none, predictions: times * (judge.predictions?.margin ?? 0) },
    outcome: { ...none, outcome: times * (judge.outcome?.margin ?? 0) },
  };
}
