import { type ReleaseNeed, releaseNeeds } from '../../../core/versions/release-needs.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';

/** Every release that serves or may serve again, of all models. Cost: two queries a model. */
export async function readReleaseNeeds(
  registry: Pick<ModelRegistry, 'models' | 'releases' | 'rollouts'>,
  rollbackReleases: number,
): Promise<readonly ReleaseNeed[]> {
  const models = await registry.models();
  const needs = await Promise.all(
    models.map(async ({ name, route }) => {
      const [rollouts, releases] = await Promise.all([registry.rollouts(name), registry.releases(name)]);
      const champion = route.champion?.releaseId ?? null;
      return releaseNeeds({ model: name, champion, rollouts, releases }, rollbackReleases);
    }),
  );
  return needs.flat();
}
