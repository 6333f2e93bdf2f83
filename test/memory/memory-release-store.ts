import { NotFoundError } from '../../core/errors.ts';
import { type ReleaseManifest, releaseIdOf } from '../../core/release/release-manifest.ts';
import type { ReleaseStore } from '../../lambdas/ports/model-registry.ts';

export interface MemoryReleaseStore extends ReleaseStore {
  /** How many manifests were read. */
  readCount(): number;
}

export function memoryReleaseStore(): MemoryReleaseStore {
  const manifests = new Map<string, ReleaseManifest>();
  let reads = 0;
  return {
    readCount: () => reads,
    async manifest(releaseId) {
      reads++;
      const manifest = manifests.get(releaseId);
      if (manifest === undefined) throw new NotFoundError('release', releaseId, [...manifests.keys()]);
      return manifest;
    },
    async put(manifest) {
      const releaseId = releaseIdOf(manifest);
      manifests.set(releaseId, manifest);
      return { releaseId, uri: `s3://artifacts/release/${manifest.model.name}/${releaseId}.json` };
    },
  };
}
