import { DriftReport } from '../../../contracts/drift-scan.ts';
import { type ModelReportsDeps, modelReports, reportKey } from '../catalog/model-reports.ts';

export function driftReportKey({ model, at, scanId }: Pick<DriftReport, 'model' | 'at' | 'scanId'>): string {
  return reportKey('drift-scan', model, at, scanId);
}

/** The newest scans of a model, newest first. @throws NotFoundError */
export async function driftReports(
  deps: ModelReportsDeps,
  model: string,
): Promise<{ readonly scans: readonly DriftReport[] }> {
  return { scans: (await modelReports(deps, 'drift-scan', model)).map((report) => DriftReport.parse(report)) };
}
