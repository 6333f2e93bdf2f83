import type { BatchPredictionListResponse } from '../../../contracts/api/batch-predictions.ts';
import { BatchPredictionReport } from '../../../contracts/batch-prediction.ts';
import { SECOND_MS } from '../../../core/clock.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { type ModelReportsDeps, readableReports } from '../catalog/model-reports.ts';
import { resultPrefix } from './batch-places.ts';

const DOWNLOAD_SECONDS = 3_600;
/** As many URLs as an answer has room for: those of the newest runs. */
const MAX_DOWNLOADS = 200;

export interface ListBatchesDeps extends ModelReportsDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'downloadUrl'>;
  readonly clock: Clock;
}

/** The newest batch predictions of a model, newest first, with where to download their results. @throws NotFoundError */
export async function listBatches(deps: ListBatchesDeps, model: string): Promise<BatchPredictionListResponse> {
  const { objects, artifactBucket: bucket } = deps;
  const expiresAt = new Date(deps.clock.now().getTime() + DOWNLOAD_SECONDS * SECOND_MS).toISOString();
  const { reports, unreadable } = await readableReports(deps, 'batch-report', model, (one) =>
    BatchPredictionReport.parse(one),
  );
  let room = MAX_DOWNLOADS;
  const batchPredictions = [];
  for (const report of reports) {
    room -= report.files.length;
    const files = room < 0 ? [] : report.files;
    const downloads = files.map(async ({ name, sha256, sizeBytes }) => {
      const url = await objects.downloadUrl({ bucket, key: `${resultPrefix(report)}${name}` }, DOWNLOAD_SECONDS);
      return { name, url, sha256, sizeBytes, expiresAt };
    });
    batchPredictions.push({ ...report, downloads: await Promise.all(downloads) });
  }
  return { batchPredictions, unreadable: [...unreadable] };
}
