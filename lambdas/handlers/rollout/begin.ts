import middy from '@middy/core';
import { RolloutRequest } from '../../../contracts/rollout.ts';
import { type BeginRolloutDeps, beginRollout } from '../../use-cases/rollout/begin-rollout.ts';
import { checked } from '../invalid-request.ts';

export function makeBeginRollout(deps: BeginRolloutDeps) {
  return middy(async (event: unknown) => beginRollout(deps, checked(RolloutRequest, event, 'task')));
}
