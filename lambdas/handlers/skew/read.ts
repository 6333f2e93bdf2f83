import type { ModelReportsDeps } from '../../use-cases/catalog/model-reports.ts';
import { skewReports } from '../../use-cases/skew/skew-reports.ts';
import { httpHandler } from '../http.ts';
import type { RequestLog } from '../request-log.ts';

export function makeReadSkewAudits(deps: ModelReportsDeps, log: RequestLog) {
  return httpHandler(log, async ({ path }) => ({ status: 200, body: await skewReports(deps, path('model')) }));
}
