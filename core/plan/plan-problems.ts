import type { Definitions, ResolvedView } from '../definitions/definitions.ts';
import { needsByVersion, type ReleaseNeed, versionKey } from '../versions/release-needs.ts';
import { reasonsUnfit } from '../versions/source-fit.ts';
import type { DeployedState } from './deployed-state.ts';

/** Why the wanted definitions must not be deployed: what would break something that has to keep working. */
export function planProblems(state: DeployedState, wanted: Definitions): readonly string[] {
  return [...unfitVersions(state, wanted), ...retypedColumns(state, wanted)];
}

/** What changes more than it may seem. */
export function planWarnings(state: DeployedState, wanted: Definitions): readonly string[] {
  const isGone = (model: string) => !wanted.models.some(({ name }) => name === model);
  const removed = state.definitions.models.filter(({ name }) => isGone(name)).map(({ name }) => name);
  const models = removed.map((model) => {
    const answers = state.needs.some((need) => need.model === model && need.role === 'champion');
    const what = answers ? 'its endpoint is removed and its predictions end' : 'its endpoint is removed';
    return `model ${model} is no longer defined: ${what}; releases, evidence and audit chain stay`;
  });
  return [...models, ...changedTimes(state, wanted), ...ignoredVersions(state, wanted)];
}

/** A version that a release needs has to be computed on from its source. */
function unfitVersions(state: DeployedState, wanted: Definitions): readonly string[] {
  const needs = needsByVersion(state.needs);
  return state.versions.flatMap(({ resolved }) => {
    const needed = needs.get(keyOf(resolved)) ?? [];
    const reasons = needed.length === 0 ? [] : reasonsUnfit(resolved, wanted.sources);
    return reasons.map(
      (reason) =>
        `${reason}, and version ${resolved.version} of view ${resolved.view.name} reads it, which ${releaseText(needed)}; ` +
        'keep it until no release needs that version',
    );
  });
}

/** Versions that nobody needs do not stand in the way, and are not computed any more. */
function ignoredVersions(state: DeployedState, wanted: Definitions): readonly string[] {
  const needs = needsByVersion(state.needs);
  const isWanted = (resolved: ResolvedView) => wanted.featureViews.some(({ name }) => name === resolved.view.name);
  return state.versions
    .filter(({ resolved, isCurrent }) => !needs.has(keyOf(resolved)) && !(isCurrent && isWanted(resolved)))
    .flatMap(({ resolved }) =>
      reasonsUnfit(resolved, wanted.sources)
        .slice(0, 1)
        .map((reason) => `version ${resolved.version} of view ${resolved.view.name} is no longer computed: ${reason}`),
    );
}

/** Rows are kept in files that hold the old type: another type could not be read from them. */
function retypedColumns(state: DeployedState, wanted: Definitions): readonly string[] {
  const known = [...state.definitions.sources, ...state.versions.map(({ resolved }) => resolved.source)];
  const sources = [...known, ...state.retired.map(({ source }) => source)];
  const problems = wanted.sources.flatMap((source) =>
    source.columns.flatMap(({ name, type }) => {
      const rows = state.sources[source.name]?.rows ?? 0;
      const before = sources
        .filter((one) => one.name === source.name)
        .flatMap(({ columns }) => columns.find((column) => column.name === name)?.type ?? [])
        .find((was) => was !== type);
      if (before === undefined || rows === 0) return [];
      return [
        `column ${name} of source ${source.name} is ${before} in ${rows} stored rows and would be ${type}; ` +
          `keep it, and declare another column over the same field: { from: '${name}' } under a new name`,
      ];
    }),
  );
  return [...new Set(problems)];
}

/** Stored rows keep the times they were given when they were loaded. */
function changedTimes(state: DeployedState, wanted: Definitions): readonly string[] {
  return wanted.sources.flatMap((source) => {
    const before = state.definitions.sources.find(({ name }) => name === source.name);
    const rows = state.sources[source.name]?.rows ?? 0;
    if (before === undefined || rows === 0) return [];
    const changed = (['eventTime', 'knownAtColumn', 'lagMs'] as const).filter(
      (field) => JSON.stringify(before[field]) !== JSON.stringify(source[field]),
    );
    return changed.map(
      (field) =>
        `${field} of source ${source.name} changes for rows loaded from now on; ${rows} stored rows keep their times`,
    );
  });
}

function keyOf({ view, version }: ResolvedView): string {
  return versionKey(view.name, version);
}

function releaseText(needs: readonly ReleaseNeed[]): string {
  const releases = needs.map(({ releaseId, model, role }) => `${role} ${releaseId.slice(0, 12)} of model ${model}`);
  return `is needed by ${releases.join(', ')}`;
}
