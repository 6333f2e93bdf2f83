import { RecordOutcomesRequest } from '../../../contracts/api/outcomes.ts';
import { type RecordOutcomesDeps, recordOutcomes } from '../../use-cases/serving/record-outcomes.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeRecordOutcomes(deps: RecordOutcomesDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body }) => ({
    status: 200,
    body: await recordOutcomes(deps, path('model'), checked(RecordOutcomesRequest, body, 'body')),
  }));
}
