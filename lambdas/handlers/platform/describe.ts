import type { HealthResponse } from '../../../contracts/api/catalog.ts';
import { openApiDocument } from '../../../contracts/api/openapi.ts';
import { httpHandler } from '../http.ts';
import type { RequestLog } from '../request-log.ts';

export function makeDescribe(platform: { readonly version: string; readonly stage: string }, log: RequestLog) {
  const health: HealthResponse = { status: 'ok', ...platform };
  let document: object | null = null;
  return httpHandler(log, async ({ route }) => {
    if (route !== 'GET /openapi.json') return { status: 200, body: health };
    document ??= openApiDocument(platform.version);
    return { status: 200, body: document };
  });
}
