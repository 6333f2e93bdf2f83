import { type ListCheckpointsDeps, listCheckpoints } from '../../use-cases/audit/list-checkpoints.ts';
import { httpHandler } from '../http.ts';
import type { RequestLog } from '../request-log.ts';

export function makeReadCheckpoints(deps: ListCheckpointsDeps, log: RequestLog) {
  return httpHandler(log, async ({ path }) => ({ status: 200, body: await listCheckpoints(deps, path('model')) }));
}
