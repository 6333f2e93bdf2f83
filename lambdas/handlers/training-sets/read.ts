import { type ReadTrainingSetDeps, readTrainingSet } from '../../use-cases/training-sets/read-training-set.ts';
import { httpHandler } from '../http.ts';
import type { RequestLog } from '../request-log.ts';

export function makeReadTrainingSet(deps: ReadTrainingSetDeps, log: RequestLog) {
  return httpHandler(log, async ({ path }) => ({ status: 200, body: await readTrainingSet(deps, path('id')) }));
}
