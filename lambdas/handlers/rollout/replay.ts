import middy from '@middy/core';
import { ReplayRequest } from '../../../contracts/rollout.ts';
import { type ReplayRequestsDeps, replayRequests } from '../../use-cases/rollout/replay-requests.ts';

export function makeReplay(deps: ReplayRequestsDeps) {
  return middy(async (event: unknown) => replayRequests(deps, ReplayRequest.parse(event)));
}
