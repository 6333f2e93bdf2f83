import { CheckpointQuery } from '../../../contracts/api/audit.ts';
import { type ListCheckpointsDeps, listCheckpoints } from '../../use-cases/audit/list-checkpoints.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeReadCheckpoints(deps: ListCheckpointsDeps, log: RequestLog) {
  return httpHandler(
    log,
    async ({ path, query }) => {
      const body = await listCheckpoints(deps, path('model'), checked(CheckpointQuery, query, 'query'));
      return { status: 200, body };
    },
    () => true,
  );
}
