import middy from '@middy/core';
import { CheckEndpointRequest } from '../../../contracts/rollout.ts';
import { type CheckEndpointDeps, checkEndpoint } from '../../use-cases/rollout/check-endpoint.ts';

export function makeCheckEndpoint(deps: CheckEndpointDeps) {
  return middy(async (event: unknown) => checkEndpoint(deps, CheckEndpointRequest.parse(event)));
}
