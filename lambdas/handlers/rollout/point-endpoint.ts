import middy from '@middy/core';
import { RolloutLead } from '../../../contracts/rollout.ts';
import { type PointEndpointDeps, pointEndpoint } from '../../use-cases/rollout/point-endpoint.ts';

export function makePointEndpoint(deps: PointEndpointDeps) {
  return middy(async (event: unknown) => pointEndpoint(deps, RolloutLead.parse(event)));
}
