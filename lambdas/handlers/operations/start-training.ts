import { StartTrainingRequest } from '../../../contracts/api/operations.ts';
import { type AskTrainingDeps, askTraining } from '../../use-cases/retraining/ask-training.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeStartTraining(deps: AskTrainingDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body, actor, idempotencyKey }) => {
    const ask = checked(StartTrainingRequest, body, 'body');
    return { status: 202, body: await askTraining(deps, path('model'), ask, { actor, idempotencyKey }) };
  });
}
