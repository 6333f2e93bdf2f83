import { TrainingSetRequest } from '../../../contracts/api/training-sets.ts';
import { type StartTrainingSetDeps, startTrainingSet } from '../../use-cases/training-sets/start-training-set.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeStartTrainingSet(deps: StartTrainingSetDeps, log: RequestLog) {
  return httpHandler(log, async ({ body, actor, idempotencyKey }) => {
    const request = checked(TrainingSetRequest, body, 'body');
    return { status: 202, body: await startTrainingSet(deps, request, { actor, idempotencyKey }) };
  });
}
