import middy from '@middy/core';
import { RolloutStepRequest } from '../../../contracts/rollout.ts';
import { type FlipRouteDeps, flipRoute } from '../../use-cases/rollout/flip-route.ts';

export function makeFlipRoute(deps: FlipRouteDeps) {
  return middy(async (event: unknown) => flipRoute(deps, RolloutStepRequest.parse(event)));
}
