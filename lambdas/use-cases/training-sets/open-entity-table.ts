import type { EntityTableRequest, EntityTableResponse } from '../../../contracts/api/training-sets.ts';
import { SECOND_MS } from '../../../core/clock.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import { entityTableKey } from './entity-table.ts';

const UPLOAD_SECONDS = 3_600;

export interface OpenEntityTableDeps {
  readonly objects: Pick<ObjectStore, 'head' | 'uploadUrl'>;
  readonly offlineBucket: string;
  readonly clock: Clock;
}

/** Announces a file with rows of entities: answers where to upload it, or that it is there. */
export async function openEntityTable(
  { objects, offlineBucket: bucket, clock }: OpenEntityTableDeps,
  { sha256, sizeBytes }: EntityTableRequest,
): Promise<EntityTableResponse> {
  const location = { bucket, key: entityTableKey(sha256) };
  // an upload has the announced digest or is refused, so what is there is the file
  if ((await objects.head(location)) !== null) return { sha256, state: 'uploaded', upload: null };
  const { url, headers } = await objects.uploadUrl(location, sha256, sizeBytes, UPLOAD_SECONDS);
  const expiresAt = new Date(clock.now().getTime() + UPLOAD_SECONDS * SECOND_MS).toISOString();
  return { sha256, state: 'awaiting-upload', upload: { method: 'PUT', url, headers, expiresAt } };
}
