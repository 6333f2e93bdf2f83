import { StartSkewAuditRequest } from '../../../contracts/api/operations.ts';
import { type StartSkewAuditDeps, startSkewAudit } from '../../use-cases/operations/start-operations.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeStartSkewAudit(deps: StartSkewAuditDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body, actor, idempotencyKey }) => {
    const ask = checked(StartSkewAuditRequest, body, 'body');
    return { status: 202, body: await startSkewAudit(deps, path('model'), ask, { actor, idempotencyKey }) };
  });
}
