import type { DriftScanQuery } from '../../../contracts/api/operations.ts';
import { DriftReport } from '../../../contracts/drift-scan.ts';
import { type ModelReportsDeps, modelReports, newestReport, reportKey } from '../catalog/model-reports.ts';
import { reportWithin } from './report-within.ts';

/** Lambda answers with 6 MB at most, in which the quotes of a body take two characters each. */
const MAX_ANSWER_BYTES = 4_000_000;

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
export async function driftReports(deps: ModelReportsDeps, model: string): Promise<readonly DriftReport[]> {
  return (await modelReports(deps, 'drift-scan', model)).map((report) => DriftReport.parse(report));
}

/** As many scans as are asked for, each as whole as there is room for in one answer. @throws NotFoundError */
export async function listDriftReports(
  deps: ModelReportsDeps,
  model: string,
  { limit }: DriftScanQuery,
): Promise<{ readonly scans: readonly DriftReport[] }> {
  const newest = (await driftReports(deps, model)).slice(0, limit);
  return { scans: newest.map((report) => reportWithin(report, MAX_ANSWER_BYTES / limit)) };
}
