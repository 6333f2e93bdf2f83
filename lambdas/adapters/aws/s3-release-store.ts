import { canonicalJson } from '../../../core/canonical-json.ts';
import { CorruptDataError, NotFoundError } from '../../../core/errors.ts';
import { type ReleaseManifest, releaseIdOf } from '../../../core/release/release-manifest.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import { ObjectNotFoundError, type ObjectStore } from '../../ports/object-store.ts';

export interface S3ReleaseStoreProps {
  readonly objects: Pick<ObjectStore, 'get' | 'putIfAbsent'>;
  readonly bucket: string;
  /** Which model a release is of. @throws NotFoundError */
  readonly modelOf: (releaseId: string) => Promise<string>;
}

/** Manifests as `release/<model>/<releaseId>.json`: exactly the canonical JSON that the id is the digest of. */
export function s3ReleaseStore({ objects, bucket, modelOf }: S3ReleaseStoreProps): ReleaseStore {
  return {
    async manifest(releaseId) {
      const location = { bucket, key: keyOf(await modelOf(releaseId), releaseId) };
      const bytes = await objects.get(location).catch((error: unknown) => {
        throw error instanceof ObjectNotFoundError ? new NotFoundError('release manifest', releaseId, null) : error;
      });
      const manifest = parse(releaseId, bytes);
      if (releaseIdOf(manifest) !== releaseId) {
        throw new CorruptDataError(`the manifest of release ${releaseId} has another digest: it was changed`, {
          releaseId,
          digest: releaseIdOf(manifest),
        });
      }
      return manifest;
    },
    async put(manifest) {
      const releaseId = releaseIdOf(manifest);
      const key = keyOf(manifest.model.name, releaseId);
      const body = new TextEncoder().encode(canonicalJson(manifest));
      await objects.putIfAbsent({ bucket, key }, body, 'application/json');
      return { releaseId, uri: `s3://${bucket}/${key}` };
    },
  };
}

function keyOf(model: string, releaseId: string): string {
  return `release/${model}/${releaseId}.json`;
}

function parse(releaseId: string, bytes: Uint8Array): ReleaseManifest {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as ReleaseManifest; // its digest is checked
  } catch (error) {
    throw new CorruptDataError(`the manifest of release ${releaseId} is no JSON`, { releaseId }, error);
  }
}
