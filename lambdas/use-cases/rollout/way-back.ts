import { PlatformError } from '../../../core/errors.ts';
import { viewTable } from '../../../core/offline/table-layout.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import type { ReleaseStore } from '../../ports/model-registry.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { TableLog } from '../../ports/table-log.ts';
import type { VersionRegistry } from '../../ports/version-registry.ts';
import { verifyArtifacts } from './endpoint-content.ts';

export interface WayBackDeps {
  readonly releases: ReleaseStore;
  readonly objects: Pick<ObjectStore, 'get'>;
  readonly versionRegistry: Pick<VersionRegistry, 'find'>;
  readonly tables: Pick<TableLog, 'head'>;
}

/**
 * Why a release could not be brought back into service now: its manifest or artifact is gone or another one, or a
 * version of a feature view that it reads is not online. All reasons there are; none when it could.
 */
export async function reasonsNoWayBack(deps: WayBackDeps, releaseId: string): Promise<readonly string[]> {
  let manifest: ReleaseManifest;
  try {
    manifest = await deps.releases.manifest(releaseId);
  } catch (error) {
    return [reasonOf(error)];
  }
  const [artifact, views] = await Promise.all([
    verifyArtifacts(deps, [{ releaseId }]).then(
      () => [],
      (error: unknown) => [reasonOf(error)],
    ),
    Promise.all(manifest.featureViews.map(({ view, version }) => reasonOffline(deps, view.name, version))),
  ]);
  return [...artifact, ...views.flatMap((reason) => reason ?? [])];
}

async function reasonOffline(
  { versionRegistry, tables }: WayBackDeps,
  view: string,
  version: string,
): Promise<string | null> {
  const [registered, head] = await Promise.all([
    versionRegistry.find(view, version),
    tables.head(viewTable(view, version)),
  ]);
  const what = `version ${version} of feature view ${view}, which the release reads,`;
  const hint = `run: headgate materialize ${view}@${version}`;
  if (registered === null) return `${what} has never been materialized; ${hint}`;
  if (registered.state !== 'live' && registered.state !== 'retiring') return `${what} is ${registered.state}; ${hint}`;
  return head.onlineToMs > 0 ? null : `${what} is not online; ${hint}`;
}

/** A release that cannot be had is a reason; a store that does not answer is a failure. */
function reasonOf(error: unknown): string {
  if (error instanceof PlatformError && (error.kind === 'not-found' || error.kind === 'corrupt-data')) {
    return error.message;
  }
  throw error;
}
