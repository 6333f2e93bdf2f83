import type { DeployedDefinitionsResponse, ViewVersionBody } from '../../../contracts/api/versions.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { HOUR_MS } from '../../../core/clock.ts';
import { type Definitions, type ResolvedView, resolveView } from '../../../core/definitions/definitions.ts';
import { isoInstant } from '../../../core/iso-instant.ts';
import { sourceTable, viewTable } from '../../../core/offline/table-layout.ts';
import type { RegisteredVersion } from '../../../core/versions/registered-version.ts';
import { needsByVersion, type ReleaseNeed, versionKey } from '../../../core/versions/release-needs.ts';
import type { ModelRegistry } from '../../ports/model-registry.ts';
import type { TableLog } from '../../ports/table-log.ts';
import type { VersionRegistry } from '../../ports/version-registry.ts';
import { readReleaseNeeds } from '../versions/read-release-needs.ts';

export interface ReadVersionsDeps {
  readonly definitions: Definitions;
  readonly tables: Pick<TableLog, 'head'>;
  readonly registry: Pick<ModelRegistry, 'models' | 'releases' | 'rollouts'>;
  readonly versionRegistry: Pick<VersionRegistry, 'kept' | 'retired' | 'history'>;
  readonly rollbackReleases: number;
  readonly versionGraceHours: number;
}

/** A version and, once it has been materialized, what the registry says of it. */
export interface KeptVersion {
  readonly resolved: ResolvedView;
  readonly isCurrent: boolean;
  readonly registered: RegisteredVersion | null;
}

/** The current version of each view and every other that is not retired, by view, the current one first. */
export async function keptVersions(deps: ReadVersionsDeps): Promise<readonly KeptVersion[]> {
  const { definitions, versionRegistry } = deps;
  const registered = new Map(
    (await versionRegistry.kept()).map((one) => [versionKey(one.resolved.view.name, one.resolved.version), one]),
  );
  const current = definitions.featureViews.map(({ name }): KeptVersion => {
    const resolved = resolveView(definitions, name);
    const key = versionKey(name, resolved.version);
    const known = registered.get(key) ?? null;
    registered.delete(key);
    return { resolved, isCurrent: true, registered: known };
  });
  const others = [...registered.values()].map((one): KeptVersion => {
    return { resolved: one.resolved, isCurrent: false, registered: one };
  });
  const viewOf = ({ resolved }: KeptVersion) => resolved.view.name;
  return [...current, ...others].sort((a, b) => (viewOf(a) < viewOf(b) ? -1 : viewOf(a) > viewOf(b) ? 1 : 0));
}

/** @param needs of all releases; those the registry noted at its last look when left out */
export async function versionBody(
  deps: ReadVersionsDeps,
  { resolved, isCurrent, registered }: KeptVersion,
  needs?: ReadonlyMap<string, readonly ReleaseNeed[]>,
): Promise<ViewVersionBody> {
  const { view, version } = resolved;
  const head = await deps.tables.head(viewTable(view.name, version));
  const noted = registered?.neededBy ?? [];
  const fresh = needs?.get(versionKey(view.name, version))?.map(({ releaseId }) => releaseId);
  const unneededSince = isCurrent ? null : (registered?.unneededSince ?? null);
  const graceMs = deps.versionGraceHours * HOUR_MS;
  return {
    view: view.name,
    version,
    isCurrent,
    state: registered?.state ?? 'defined',
    neededBy: [...(needs === undefined ? noted : (fresh ?? []))],
    unneededSince,
    retiresAfter: unneededSince === null ? null : isoInstant(Date.parse(unneededSince) + graceMs),
    rows: head.rows,
    materializedTo: isoInstant(head.materializedToMs),
    onlineTo: head.onlineToMs === 0 ? null : isoInstant(head.onlineToMs),
  };
}

/** What is deployed and what is kept for it: all that a change of the definitions has to be compared with. */
export async function readDeployedDefinitions(deps: ReadVersionsDeps): Promise<DeployedDefinitionsResponse> {
  const { definitions } = deps;
  const [kept, retired, needs] = await Promise.all([
    keptVersions(deps),
    deps.versionRegistry.retired(),
    readReleaseNeeds(deps.registry, deps.rollbackReleases),
  ]);
  const byVersion = needsByVersion(needs);
  const bodies = await Promise.all(kept.map((one) => versionBody(deps, one, byVersion)));
  const heads = await Promise.all(definitions.sources.map(({ name }) => deps.tables.head(sourceTable(name))));
  return {
    definitions: { ...definitions },
    sha256: digestOf(definitions),
    versions: bodies.map((body, i) => ({ ...body, resolved: { ...kept[i]!.resolved } })), // one body for each
    retired: retired.map(({ resolved }) => ({
      view: resolved.view.name,
      version: resolved.version,
      resolved: { ...resolved },
    })),
    needs: needs.map((need) => ({ ...need, featureViews: need.featureViews.map((view) => ({ ...view })) })),
    sources: heads.map((head, i) => ({
      name: definitions.sources[i]!.name, // one head for each
      rows: head.rows,
      oldestEventTime: isoInstant(head.oldestEventTimeMs),
      newestEventTime: isoInstant(head.newestEventTimeMs),
    })),
    versionGraceHours: deps.versionGraceHours,
  };
}
