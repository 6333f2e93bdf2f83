import type { RolloutBody } from '../../../contracts/api/rollouts.ts';
import type { Rollout } from '../../../core/rollout/rollout.ts';

export function rolloutBody(rollout: Rollout): RolloutBody {
  const { pointed, timeline } = rollout;
  return {
    ...rollout,
    pointed: pointed === null ? null : { ...pointed, arms: pointed.arms.map((arm) => ({ ...arm })) },
    timeline: timeline.map((entry) => ({ ...entry })),
  };
}
