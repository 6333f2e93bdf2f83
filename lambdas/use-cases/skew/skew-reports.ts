import { SkewReport } from '../../../contracts/skew-audit.ts';
import { type ModelReportsDeps, modelReports, reportKey } from '../catalog/model-reports.ts';

export function skewReportKey({ model, at, auditId }: Pick<SkewReport, 'model' | 'at' | 'auditId'>): string {
  return reportKey('skew-audit', model, at, auditId);
}

/** The newest audits of a model, newest first. @throws NotFoundError */
export async function skewReports(
  deps: ModelReportsDeps,
  model: string,
): Promise<{ readonly audits: readonly SkewReport[] }> {
  return { audits: (await modelReports(deps, 'skew-audit', model)).map((report) => SkewReport.parse(report)) };
}
