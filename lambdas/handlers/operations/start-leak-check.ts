import { StartLeakCheckRequest } from '../../../contracts/api/operations.ts';
import { type StartLeakCheckDeps, startLeakCheck } from '../../use-cases/operations/start-operations.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeStartLeakCheck(deps: StartLeakCheckDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body, actor, idempotencyKey }) => {
    checked(StartLeakCheckRequest, body, 'body');
    return { status: 202, body: await startLeakCheck(deps, path('model'), { actor, idempotencyKey }) };
  });
}
