import { RollbackRequest } from '../../../contracts/api/rollouts.ts';
import { type RollBackDeps, rollBack } from '../../use-cases/rollout/roll-back.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeRollBack(deps: RollBackDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body, actor, idempotencyKey }) => {
    const ask = checked(RollbackRequest, body, 'body');
    const answer = await rollBack(deps, path('model'), ask, { actor, idempotencyKey });
    return { status: answer.executionId === null ? 200 : 202, body: answer };
  });
}
