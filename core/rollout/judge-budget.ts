import type { RolloutPolicy } from '../definitions/rollout-policy.ts';
import type { Alphas } from '../stats/alphas.ts';

/**
 * What each check of one phase may spend. The probability that a rollout goes back for nothing is shared evenly by the
 * phases that are judged (shadow, each step of the canary, watch) and there by the checks; looks cost nothing, since
 * every check holds at all of them at once. A check is passed for nothing with `falsePromotion`: it takes every required check to
 * promote, so nothing has to be shared.
 */
export function alphasOf(policy: RolloutPolicy, checks: number): Alphas {
  return { low: policy.judge.falseRollback / judgedPhases(policy) / checks, high: policy.judge.falsePromotion };
}

function judgedPhases({ shadow, canary, watch }: RolloutPolicy): number {
  const phases = (shadow === null ? 0 : 1) + (canary?.steps.length ?? 0) + (watch === null ? 0 : 1);
  return Math.max(1, phases);
}
