import { IngestionRequest } from '../../../contracts/api/ingestions.ts';
import { type OpenIngestionDeps, openIngestion } from '../../use-cases/ingestion/open-ingestion.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeOpenIngestion(deps: OpenIngestionDeps, log: RequestLog) {
  return httpHandler(log, async ({ path, body }) => ({
    status: 200,
    body: await openIngestion(deps, path('view'), checked(IngestionRequest, body, 'body')),
  }));
}
