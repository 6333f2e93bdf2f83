import { type ReadRetrainingDeps, readRetraining } from '../../use-cases/retraining/read-retraining.ts';
import { httpHandler } from '../http.ts';
import type { RequestLog } from '../request-log.ts';

export function makeReadRetraining(deps: ReadRetrainingDeps, log: RequestLog) {
  return httpHandler(log, async ({ path }) => ({ status: 200, body: await readRetraining(deps, path('model')) }));
}
