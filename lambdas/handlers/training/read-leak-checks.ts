import type { ModelReportsDeps } from '../../use-cases/catalog/model-reports.ts';
import { leakReports } from '../../use-cases/training/leak-reports.ts';
import { httpHandler } from '../http.ts';
import type { RequestLog } from '../request-log.ts';

export function makeReadLeakChecks(deps: ModelReportsDeps, log: RequestLog) {
  return httpHandler(log, async ({ path }) => ({ status: 200, body: await leakReports(deps, path('model')) }));
}
