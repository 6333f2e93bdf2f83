import { TableIngestionRequest } from '../../../contracts/api/table-ingestions.ts';
import { type StartTableIngestionDeps, startTableIngestion } from '../../use-cases/ingestion/start-table-ingestion.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeStartTableIngestion(deps: StartTableIngestionDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body, actor, idempotencyKey }) => {
    const request = checked(TableIngestionRequest, body, 'body');
    return { status: 202, body: await startTableIngestion(deps, path('view'), request, { actor, idempotencyKey }) };
  });
}
