import { StartDriftScanRequest } from '../../../contracts/api/operations.ts';
import { startDriftScan } from '../../use-cases/operations/start-operations.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeStartDriftScan(deps: Parameters<typeof startDriftScan>[0], log: RequestLog) {
  return httpHandler(log, async ({ path, body, actor, idempotencyKey }) => {
    const ask = checked(StartDriftScanRequest, body, 'body');
    return { status: 202, body: await startDriftScan(deps, path('model'), ask, { actor, idempotencyKey }) };
  });
}
