import type { BatchPredictionListResponse } from '../../../contracts/api/batch-predictions.ts';
import { BatchPredictionReport } from '../../../contracts/batch-prediction.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type ModelReportsDeps, readableReports } from '../catalog/model-reports.ts';
import { type DownloadsDeps, downloadsOf } from '../training-sets/downloads-of.ts';
import { resultPrefix } from './batch-places.ts';

/** As many URLs as an answer has room for: those of the newest runs. */
const MAX_DOWNLOADS = 200;

export interface ListBatchesDeps extends ModelReportsDeps, DownloadsDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'downloadUrl'>;
}

/** The newest batch predictions of a model, newest first, with where to download their results. @throws NotFoundError */
export async function listBatches(deps: ListBatchesDeps, model: string): Promise<BatchPredictionListResponse> {
  const { reports, unreadable } = await readableReports(deps, 'batch-report', model, (one) =>
    BatchPredictionReport.parse(one),
  );
  let room = MAX_DOWNLOADS;
  const batchPredictions = [];
  for (const report of reports) {
    room -= report.files.length;
    const files = room < 0 ? [] : report.files;
    const place = { bucket: deps.artifactBucket, prefix: resultPrefix(report) };
    batchPredictions.push({ ...report, downloads: await downloadsOf(deps, place, files) });
  }
  return { batchPredictions, unreadable: [...unreadable] };
}
