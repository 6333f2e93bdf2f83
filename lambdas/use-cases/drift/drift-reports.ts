import { DriftReport } from '../../../contracts/drift-scan.ts';
import { type ModelReportsDeps, modelReports, newestReport, reportKey } from '../catalog/model-reports.ts';

export function driftReportKey({ model, at, scanId }: Pick<DriftReport, 'model' | 'at' | 'scanId'>): string {
  return reportKey('drift-scan', model, at, scanId);
}

/** The verdict of a model's newest scan; null when there was none. */
export async function lastDriftReport(
  deps: Pick<ModelReportsDeps, 'artifactBucket' | 'objects'>,
  model: string,
): Promise<Pick<DriftReport, 'at' | 'diagnosis' | 'releaseId' | 'scanId'> | null> {
  const newest = await newestReport(deps, 'drift-scan', model);
  if (newest === null) return null;
  const { scanId, releaseId, at, diagnosis } = DriftReport.parse(newest);
  return { scanId, releaseId, at, diagnosis };
}

/** The newest scans of a model, newest first. @throws NotFoundError */
export async function driftReports(
  deps: ModelReportsDeps,
  model: string,
): Promise<{ readonly scans: readonly DriftReport[] }> {
  return { scans: (await modelReports(deps, 'drift-scan', model)).map((report) => DriftReport.parse(report)) };
}
