import { type Definitions, resolveView } from '../../core/definitions/definitions.ts';
import type { ViewVersions } from '../../lambdas/ports/view-versions.ts';

/** The versions that the definitions say, and no older ones. */
export function memoryViewVersions(definitions: Definitions): ViewVersions {
  const live = definitions.featureViews.map(({ name }) => ({
    resolved: resolveView(definitions, name),
    isCurrent: true,
    neededBy: [],
  }));
  return { live: async () => live };
}
