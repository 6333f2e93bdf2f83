import { LeakReport } from '../../../contracts/leak-check.ts';
import { type ModelReportsDeps, readableReports, reportKey, type UnreadableReport } from '../catalog/model-reports.ts';

export function leakReportKey({ model, at, checkId }: Pick<LeakReport, 'model' | 'at' | 'checkId'>): string {
  return reportKey('leak-check', model, at, checkId);
}

/** The newest leak checks of a model that can be read, newest first, and the others. @throws NotFoundError */
export async function leakReports(
  deps: ModelReportsDeps,
  model: string,
): Promise<{ readonly checks: readonly LeakReport[]; readonly unreadable: readonly UnreadableReport[] }> {
  const { reports: checks, unreadable } = await readableReports(deps, 'leak-check', model, (one) =>
    LeakReport.parse(one),
  );
  return { checks, unreadable };
}
