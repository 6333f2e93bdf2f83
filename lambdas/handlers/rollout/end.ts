import middy from '@middy/core';
import { EndRolloutRequest } from '../../../contracts/rollout.ts';
import { type EndRolloutDeps, endRollout } from '../../use-cases/rollout/end-rollout.ts';

export function makeEndRollout(deps: EndRolloutDeps) {
  return middy(async (event: unknown) => endRollout(deps, EndRolloutRequest.parse(event)));
}
