import { DriftScanQuery } from '../../../contracts/api/operations.ts';
import type { ModelReportsDeps } from '../../use-cases/catalog/model-reports.ts';
import { listDriftReports } from '../../use-cases/drift/drift-reports.ts';
import { httpHandler } from '../http.ts';
import { checked } from '../invalid-request.ts';
import type { RequestLog } from '../request-log.ts';

export function makeReadDriftScans(deps: ModelReportsDeps, log: RequestLog) {
  return httpHandler(
    log,
    async ({ path, query }) => {
      const ask = checked(DriftScanQuery, query, 'query');
      return { status: 200, body: await listDriftReports(deps, path('model'), ask) };
    },
    () => true,
  );
}
