import { HoldRequest } from '../../../contracts/api/rollouts.ts';
import { type HoldModelDeps, holdModel } from '../../use-cases/rollout/hold-model.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeHoldModel(deps: HoldModelDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body, actor }) => {
    const ask = checked(HoldRequest, body, 'body');
    return { status: 200, body: await holdModel(deps, path('model'), ask, actor) };
  });
}
