import { StartBatchPredictionRequest } from '../../../contracts/api/batch-predictions.ts';
import { type StartBatchDeps, startBatchPrediction } from '../../use-cases/batch/start-batch.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeStartBatch(deps: StartBatchDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body, actor, idempotencyKey }) => {
    const ask = checked(StartBatchPredictionRequest, body, 'body');
    return { status: 202, body: await startBatchPrediction(deps, path('model'), ask, { actor, idempotencyKey }) };
  });
}
