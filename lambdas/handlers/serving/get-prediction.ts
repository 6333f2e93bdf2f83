import type { PredictionLedger } from '../../ports/prediction-ledger.ts';
import { getPrediction } from '../../use-cases/serving/get-prediction.ts';
import { httpHandler } from '../http.ts';
import type { RequestLog } from '../request-log.ts';

export function makeGetPrediction(deps: { readonly ledger: Pick<PredictionLedger, 'evidence'> }, log: RequestLog) {
  return httpHandler(log, async ({ path }) => ({ status: 200, body: await getPrediction(deps, path('id')) }));
}
