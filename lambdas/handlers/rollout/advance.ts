import middy from '@middy/core';
import { AdvanceRolloutRequest } from '../../../contracts/rollout.ts';
import { type AdvanceRolloutDeps, advanceRollout } from '../../use-cases/rollout/advance-rollout.ts';

export function makeAdvanceRollout(deps: AdvanceRolloutDeps) {
  return middy(async (event: unknown) => advanceRollout(deps, AdvanceRolloutRequest.parse(event)));
}
