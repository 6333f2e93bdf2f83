import type { Download } from '../../../contracts/api/api-values.ts';
import { SECOND_MS } from '../../../core/clock.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

const DOWNLOAD_SECONDS = 3_600;

export interface DownloadsDeps {
  readonly objects: Pick<ObjectStore, 'downloadUrl'>;
  readonly clock: Clock;
}

/** URLs, good for an hour, of files that lie below a prefix of a bucket. */
export async function downloadsOf(
  { objects, clock }: DownloadsDeps,
  place: { readonly bucket: string; readonly prefix: string },
  files: readonly Omit<Download, 'url' | 'expiresAt'>[],
): Promise<Download[]> {
  const expiresAt = new Date(clock.now().getTime() + DOWNLOAD_SECONDS * SECOND_MS).toISOString();
  return Promise.all(
    files.map(async ({ name, sha256, sizeBytes }) => {
      const url = await objects.downloadUrl({ bucket: place.bucket, key: `${place.prefix}${name}` }, DOWNLOAD_SECONDS);
      return { name, url, sha256, sizeBytes, expiresAt };
    }),
  );
}
