import { IngestionRequest } from '../../../contracts/api/ingestions.ts';
import { type StartIngestionDeps, startIngestion } from '../../use-cases/ingestion/start-ingestion.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeStartIngestion(deps: StartIngestionDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body }) => ({
    status: 202,
    body: await startIngestion(deps, path('view'), path('id'), checked(IngestionRequest, body, 'body')),
  }));
}
