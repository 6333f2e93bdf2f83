import type { CardResponse } from '../../../contracts/api/releases.ts';
import { modelCard } from '../../../core/release/model-card.ts';
import { modelCardMarkdown } from '../../../core/release/model-card-markdown.ts';
import type { ReadReleasesDeps } from './compare-releases.ts';
import { findRelease } from './find-release.ts';

/**
 * The model card of a release, for SageMaker and for people. It is approved once a rollout has promoted the release,
 * waits for that when every gate passed, and is a draft otherwise.
 *
 * @throws NotFoundError
 */
export async function writeCard({ registry, releases }: ReadReleasesDeps, id: string): Promise<CardResponse> {
  const { releaseId, model, passed } = await findRelease(registry, id);
  const [manifest, rollouts] = await Promise.all([releases.manifest(releaseId), registry.rollouts(model)]);
  const isPromoted = rollouts.some((one) => one.releaseId === releaseId && one.outcome === 'promoted');
  return {
    releaseId,
    status: isPromoted ? 'Approved' : passed ? 'PendingReview' : 'Draft',
    content: { ...modelCard(manifest) },
    markdown: modelCardMarkdown(manifest),
  };
}
