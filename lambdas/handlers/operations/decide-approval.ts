import { ApprovalRequest } from '../../../contracts/api/rollouts.ts';
import { rolloutBody } from '../../use-cases/catalog/rollout-body.ts';
import { type DecideApprovalDeps, decideApproval } from '../../use-cases/rollout/decide-approval.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeDecideApproval(deps: DecideApprovalDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body, actor }) => {
    const ask = checked(ApprovalRequest, body, 'body');
    return { status: 200, body: rolloutBody(await decideApproval(deps, path('id'), ask, actor)) };
  });
}
