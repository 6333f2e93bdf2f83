import { LeakReport } from '../../../contracts/leak-check.ts';
import { type ModelReportsDeps, modelReports, reportKey } from '../catalog/model-reports.ts';

export function leakReportKey({ model, at, checkId }: Pick<LeakReport, 'model' | 'at' | 'checkId'>): string {
  return reportKey('leak-check', model, at, checkId);
}

/** The newest leak checks of a model, newest first. @throws NotFoundError */
export async function leakReports(
  deps: ModelReportsDeps,
  model: string,
): Promise<{ readonly checks: readonly LeakReport[] }> {
  return { checks: (await modelReports(deps, 'leak-check', model)).map((report) => LeakReport.parse(report)) };
}
