import type { ModelReportsDeps } from '../../use-cases/catalog/model-reports.ts';
import { driftReports } from '../../use-cases/drift/drift-reports.ts';
import { httpHandler } from '../http.ts';
import type { RequestLog } from '../request-log.ts';

export function makeReadDriftScans(deps: ModelReportsDeps, log: RequestLog) {
  return httpHandler(log, async ({ path }) => ({ status: 200, body: await driftReports(deps, path('model')) }));
}
