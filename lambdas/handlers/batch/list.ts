import { type ListBatchesDeps, listBatches } from '../../use-cases/batch/list-batches.ts';
import { httpHandler } from '../http.ts';
import type { RequestLog } from '../request-log.ts';

export function makeListBatches(deps: ListBatchesDeps, log: RequestLog) {
  return httpHandler(log, async ({ path }) => ({ status: 200, body: await listBatches(deps, path('model')) }));
}
