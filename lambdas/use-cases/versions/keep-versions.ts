import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { PlatformError } from '../../../core/errors.ts';
import { viewTable } from '../../../core/offline/table-layout.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { bringToLife, type RegisteredVersion } from '../../../core/versions/registered-version.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { TableHead, TableLog } from '../../ports/table-log.ts';
import type { VersionRegistry } from '../../ports/version-registry.ts';

export interface KeepVersionsDeps {
  readonly versionRegistry: Pick<VersionRegistry, 'find' | 'change'>;
  readonly tables: Pick<TableLog, 'head'>;
  readonly clock: Clock;
}

/**
 * Makes every version of a feature view that a release reads live, so that none is retired from here on.
 *
 * @returns why the release can not be served now: a version that is not computed, or not online; null when all are
 */
export async function keepVersionsFor(
  deps: KeepVersionsDeps,
  releaseId: string,
  { featureViews }: Pick<ReleaseManifest, 'featureViews'>,
): Promise<string | null> {
  const cause = { at: deps.clock.now().toISOString(), because: `a rollout of release ${releaseId} began`, releaseId };
  const objections: string[] = [];
  for (const resolved of featureViews) {
    const { view, version } = resolved;
    const before = await deps.versionRegistry.find(view.name, version);
    try {
      await deps.versionRegistry.change(view.name, version, (seen) => bringToLife(seen, resolved, cause));
    } catch (error) {
      if (!(error instanceof PlatformError) || error.kind !== 'unavailable') throw error;
      objections.push(error.message);
      continue;
    }
    const objection = objectionOf(resolved, before, await deps.tables.head(viewTable(view.name, version)));
    if (objection !== null) objections.push(objection);
  }
  return objections.length === 0 ? null : objections.join('; ');
}

function objectionOf(
  { view, version }: ResolvedView,
  before: RegisteredVersion | null,
  head: TableHead,
): string | null {
  if (head.onlineToMs > 0) return null; // rows of the last run may be on their way
  const what =
    head.watermarkMs === 0
      ? 'has never been materialized'
      : before?.state === 'retired'
        ? 'had been retired and is not online yet'
        : 'is computed, and nothing of it is online yet';
  return `version ${version} of feature view ${view.name}, which the release reads, ${what}; run: headgate materialize ${view.name}@${version}, and start the rollout again`;
}
