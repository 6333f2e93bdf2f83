import type { RolloutBody } from '../../../contracts/api/rollouts.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';

export function rolloutBody(rollout: Rollout): RolloutBody {
  return { ...rollout, timeline: rollout.timeline.map((entry) => ({ ...entry })) };
}
