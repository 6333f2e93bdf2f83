import type { DriftScanQuery } from '../../../contracts/api/operations.ts';
import { DriftReport } from '../../../contracts/drift-scan.ts';
import { CorruptDataError } from '../../../core/errors.ts';
import {
  type ModelReportsDeps,
  newestReport,
  readableReports,
  reportKey,
  type UnreadableReport,
} from '../catalog/model-reports.ts';
import { reportWithin } from './report-within.ts';

/** Lambda answers with 6 MB at most, in which the quotes of a body take two characters each. */
const MAX_ANSWER_BYTES = 4_000_000;

export function driftReportKey({ model, at, scanId }: Pick<DriftReport, 'model' | 'at' | 'scanId'>): string {
  return reportKey('drift-scan', model, at, scanId);
}

/** The verdict of a model's newest scan that can be read; null when there is none. */
export async function lastDriftReport(
  deps: ModelReportsDeps,
  model: string,
): Promise<Pick<DriftReport, 'at' | 'diagnosis' | 'releaseId' | 'scanId'> | null> {
  const newest = DriftReport.safeParse(await newestReport(deps, 'drift-scan', model).catch(unlessCorrupt));
  const last = newest.success ? newest.data : (await driftReports(deps, model))[0];
  if (last === undefined) return null;
  const { scanId, releaseId, at, diagnosis } = last;
  return { scanId, releaseId, at, diagnosis };
}

function parsed(report: unknown): DriftReport {
  return DriftReport.parse(report);
}

function unlessCorrupt(error: unknown): null {
  if (error instanceof CorruptDataError) return null;
  throw error;
}

/** The newest scans of a model whose reports can be read, newest first. @throws NotFoundError */
export async function driftReports(deps: ModelReportsDeps, model: string): Promise<readonly DriftReport[]> {
  return (await readableReports(deps, 'drift-scan', model, parsed)).reports;
}

/** As many scans as are asked for, each as whole as there is room for in one answer. @throws NotFoundError */
export async function listDriftReports(
  deps: ModelReportsDeps,
  model: string,
  { limit }: DriftScanQuery,
): Promise<{ readonly scans: readonly DriftReport[]; readonly unreadable: readonly UnreadableReport[] }> {
  const { reports, unreadable } = await readableReports(deps, 'drift-scan', model, parsed);
  const scans = reports.slice(0, limit).map((report) => reportWithin(report, MAX_ANSWER_BYTES / limit));
  return { scans, unreadable };
}
