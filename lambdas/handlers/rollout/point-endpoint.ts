import middy from '@middy/core';
import { RolloutStepRequest } from '../../../contracts/rollout.ts';
import { type PointEndpointDeps, pointEndpoint } from '../../use-cases/rollout/point-endpoint.ts';

export function makePointEndpoint(deps: PointEndpointDeps) {
  return middy(async (event: unknown) => pointEndpoint(deps, RolloutStepRequest.parse(event)));
}
