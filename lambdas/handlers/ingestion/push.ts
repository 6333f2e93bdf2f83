import { PushRequest } from '../../../contracts/api/feast.ts';
import { type PushRowsDeps, pushRows } from '../../use-cases/ingestion/push-rows.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makePush(deps: PushRowsDeps, log: RequestLog) {
  return httpHandler(log, async ({ body, idempotencyKey }) => ({
    status: 200,
    body: await pushRows(deps, checked(PushRequest, body, 'body'), idempotencyKey),
  }));
}
