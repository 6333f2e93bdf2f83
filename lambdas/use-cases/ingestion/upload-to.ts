import type { FileUpload } from '../../../contracts/api/ingestions.ts';
import { SECOND_MS } from '../../../core/clock.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectLocation, ObjectStore } from '../../ports/object-store.ts';

const UPLOAD_SECONDS = 3_600;

/** Lets whoever asks upload one file, of the announced digest and size alone, to one place within an hour. */
export async function uploadTo(
  { objects, clock }: { readonly objects: Pick<ObjectStore, 'uploadUrl'>; readonly clock: Clock },
  location: ObjectLocation,
  { sha256, sizeBytes }: { readonly sha256: string; readonly sizeBytes: number },
): Promise<FileUpload> {
  const { url, headers } = await objects.uploadUrl(location, sha256, sizeBytes, UPLOAD_SECONDS);
  const expiresAt = new Date(clock.now().getTime() + UPLOAD_SECONDS * SECOND_MS).toISOString();
  return { method: 'PUT', url, headers, expiresAt };
}
