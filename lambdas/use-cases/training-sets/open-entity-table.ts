import type { EntityTableRequest, EntityTableResponse } from '../../../contracts/api/training-sets.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { uploadTo } from '../ingestion/upload-to.ts';
import { entityTableKey } from './entity-table.ts';

export interface OpenEntityTableDeps {
  readonly objects: Pick<ObjectStore, 'head' | 'uploadUrl'>;
  readonly offlineBucket: string;
  readonly clock: Clock;
}

/** Announces a file with rows of entities: answers where to upload it, or that it is there. */
export async function openEntityTable(
  deps: OpenEntityTableDeps,
  file: EntityTableRequest,
): Promise<EntityTableResponse> {
  const { sha256 } = file;
  const location = { bucket: deps.offlineBucket, key: entityTableKey(sha256) };
  // an upload has the announced digest or is refused, so what is there is the file
  if ((await deps.objects.head(location)) !== null) return { sha256, state: 'uploaded', upload: null };
  return { sha256, state: 'awaiting-upload', upload: await uploadTo(deps, location, file) };
}
