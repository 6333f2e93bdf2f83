import type { IngestionRequest, OpenIngestionResponse } from '../../../contracts/api/ingestions.ts';
import type { Definitions } from '../../../core/definitions/definitions.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { TableLog } from '../../ports/table-log.ts';
import { ingestionOf } from './ingestion-of.ts';
import { uploadTo } from './upload-to.ts';

export interface OpenIngestionDeps {
  readonly definitions: Definitions;
  readonly objects: ObjectStore;
  readonly offlineBucket: string;
  readonly tables: TableLog;
  readonly clock: Clock;
}

/** Announces a file: answers where to upload it, or that it is there, or that it has been loaded already. */
export async function openIngestion(
  deps: OpenIngestionDeps,
  view: string,
  file: IngestionRequest,
): Promise<OpenIngestionResponse> {
  const task = ingestionOf(deps.definitions, view, file);
  const base = { ingestionId: task.ingestionId, source: task.source };
  const run = await deps.tables.run(task.table, task.runId);
  if (run?.state === 'committed') {
    return { ...base, state: 'committed', upload: null, report: { ...run.facts?.report } };
  }
  const location = { bucket: deps.offlineBucket, key: task.key };
  const landed = await deps.objects.head(location);
  if (landed?.sizeBytes === task.sizeBytes) return { ...base, state: 'uploaded', upload: null, report: null };
  return { ...base, state: 'awaiting-upload', upload: await uploadTo(deps, location, task), report: null };
}
