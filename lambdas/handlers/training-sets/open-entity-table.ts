import { EntityTableRequest } from '../../../contracts/api/training-sets.ts';
import { type OpenEntityTableDeps, openEntityTable } from '../../use-cases/training-sets/open-entity-table.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeOpenEntityTable(deps: OpenEntityTableDeps, log: RequestLog) {
  return httpHandler(log, async ({ body }) => ({
    status: 200,
    body: await openEntityTable(deps, checked(EntityTableRequest, body, 'body')),
  }));
}
