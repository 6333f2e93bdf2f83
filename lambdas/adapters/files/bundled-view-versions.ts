import { type Definitions, resolveView } from '../../../core/definitions/definitions.ts';
import type { ViewVersions } from '../../ports/view-versions.ts';

/** The versions of the bundled definitions alone. */
export function bundledViewVersions(definitions: Definitions): ViewVersions {
  const live = definitions.featureViews.map(({ name }) => ({
    resolved: resolveView(definitions, name),
    isCurrent: true,
    neededBy: [],
  }));
  return { live: async () => live };
}
