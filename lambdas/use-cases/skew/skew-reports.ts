import { SkewReport } from '../../../contracts/skew-audit.ts';
import { type ModelReportsDeps, readableReports, reportKey, type UnreadableReport } from '../catalog/model-reports.ts';

export function skewReportKey({ model, at, auditId }: Pick<SkewReport, 'model' | 'at' | 'auditId'>): string {
  return reportKey('skew-audit', model, at, auditId);
}

/** The newest audits of a model that can be read, newest first, and the others. @throws NotFoundError */
export async function skewReports(
  deps: ModelReportsDeps,
  model: string,
): Promise<{ readonly audits: readonly SkewReport[]; readonly unreadable: readonly UnreadableReport[] }> {
  const { reports: audits, unreadable } = await readableReports(deps, 'skew-audit', model, (one) =>
    SkewReport.parse(one),
  );
  return { audits, unreadable };
}
