import { PredictRequest } from '../../../contracts/api/predictions.ts';
import { type PredictDeps, predictor } from '../../use-cases/serving/predict.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makePredict(deps: PredictDeps, log: RequestLog) {
  const { predict } = predictor(deps);
  return httpHandler(log, async ({ path, body }) => ({
    status: 200,
    body: await predict(path('model'), checked(PredictRequest, body, 'body')),
  }));
}
