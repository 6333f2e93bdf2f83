import type { ReleaseDiffResponse } from '../../../contracts/api/releases.ts';
import { diffReleases } from '../../../core/release/diff-releases.ts';
import type { ModelRegistry, ReleaseStore } from '../../ports/model-registry.ts';
import { findRelease } from './find-release.ts';

export interface ReadReleasesDeps {
  readonly registry: ModelRegistry;
  readonly releases: Pick<ReleaseStore, 'manifest'>;
}

/**
 * What differs between two releases, in words.
 *
 * @param before, after ids, or the first digits of them
 */
export async function compareReleases(
  { registry, releases }: ReadReleasesDeps,
  before: string,
  after: string,
): Promise<ReleaseDiffResponse> {
  const found = await Promise.all([findRelease(registry, before), findRelease(registry, after)]);
  const [from, to] = await Promise.all(found.map(({ releaseId }) => releases.manifest(releaseId)));
  const diff = diffReleases(from!, to!); // one manifest for each id
  return {
    ...diff,
    sections: diff.sections.map(({ title, lines }) => ({
      title,
      lines: lines.map((line) => ({ ...line, before: line.before ?? null, after: line.after ?? null })),
    })),
  };
}
