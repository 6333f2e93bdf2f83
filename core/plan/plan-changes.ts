import { digestOf, type Sha256 } from '../canonical-json.ts';
import { type Definitions, type ResolvedView, resolveView } from '../definitions/definitions.ts';
import { isAggregated } from '../definitions/feature-view.ts';
import { ceilTick, floorTick } from '../offline/ticks.ts';
import { needsByVersion, type ReleaseNeed, versionKey } from '../versions/release-needs.ts';
import { type DefinitionChange, definitionChanges } from './definition-changes.ts';
import type { DeployedState, DeployedVersion } from './deployed-state.ts';
import { planProblems, planWarnings } from './plan-problems.ts';

/** What deploying other definitions would change, need and break. */
export interface ChangePlan {
  /** Digests of the definitions it was made for: it holds as long as both are what they were. */
  readonly deployedSha256: Sha256;
  readonly wantedSha256: Sha256;
  readonly changes: readonly DefinitionChange[];
  /** One for each view whose version changes, is added or is removed. */
  readonly versions: readonly VersionStep[];
  /** Current versions, as wanted, that have to be computed or brought online. */
  readonly backfills: readonly Backfill[];
  /** Versions that are not wanted and stay all the same. */
  readonly kept: readonly KeptOldVersion[];
  /** Why it must not be applied; empty when it may. */
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export interface VersionStep {
  readonly view: string;
  /** Null when the view is new. */
  readonly from: string | null;
  /** Null when the view is removed. */
  readonly to: string | null;
  /** What there is of the version it goes to: nothing, a version kept up to date, or the rows of one that was retired. */
  readonly existing: 'none' | 'live' | 'retired';
}

export interface Backfill {
  readonly view: string;
  readonly version: string;
  /** Rows its source has. */
  readonly sourceRows: number;
  /** Ticks to compute; null for views of single rows. */
  readonly ticks: number | null;
  /** Whether rows are there already and only have to be brought online. */
  readonly isOnlineOnly: boolean;
}

export interface KeptOldVersion {
  readonly view: string;
  readonly version: string;
  readonly neededBy: readonly Pick<ReleaseNeed, 'releaseId' | 'model' | 'role'>[];
  /** ISO 8601: retired after it if nobody needs it until then; null while a release needs it. */
  readonly retiresAfter: string | null;
}

export function planChanges(state: DeployedState, wanted: Definitions, nowMs: number): ChangePlan {
  const target = wanted.featureViews.map(({ name }) => resolveView(wanted, name));
  return {
    deployedSha256: digestOf(state.definitions),
    wantedSha256: digestOf(wanted),
    changes: definitionChanges(state.definitions, wanted),
    versions: versionSteps(state, target),
    backfills: target.flatMap((resolved) => backfillOf(state, resolved, nowMs) ?? []),
    kept: keptVersions(state, target, nowMs),
    problems: planProblems(state, wanted),
    warnings: planWarnings(state, wanted),
  };
}

/** Whether applying it would do anything at all. */
export function isEmptyPlan({ changes, backfills }: ChangePlan): boolean {
  return changes.length === 0 && backfills.length === 0;
}

function versionSteps(state: DeployedState, target: readonly ResolvedView[]): readonly VersionStep[] {
  const before = new Map(
    state.definitions.featureViews.map(({ name }) => [name, resolveView(state.definitions, name).version]),
  );
  const after = new Map(target.map(({ view, version }) => [view.name, version]));
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names
    .map((view) => ({ view, from: before.get(view) ?? null, to: after.get(view) ?? null }))
    .filter(({ from, to }) => from !== to)
    .map((step) => ({ ...step, existing: existingOf(state, step.view, step.to) }));
}

function existingOf(state: DeployedState, view: string, version: string | null): VersionStep['existing'] {
  const isIt = (resolved: ResolvedView) => resolved.view.name === view && resolved.version === version;
  if (state.versions.some(({ resolved }) => isIt(resolved))) return 'live';
  return state.retired.some(isIt) ? 'retired' : 'none';
}

/** Null when there is nothing to compute: the source has no rows yet, or the version is computed and online. */
function backfillOf(state: DeployedState, resolved: ResolvedView, nowMs: number): Backfill | null {
  const { view, version, source } = resolved;
  const rows = state.sources[source.name];
  if (rows === undefined || rows.rows === 0 || rows.oldestEventTimeMs === null) return null;
  const there = versionThere(state, resolved);
  if (there?.isOnline === true) return null;
  const isComputed = there !== undefined && there.rows > 0;
  const fromMs = there?.materializedToMs ?? ceilTick(rows.oldestEventTimeMs, view.scheduleMs) - view.scheduleMs;
  const ticks = isAggregated(view)
    ? Math.max(
        0,
        Math.round((floorTick(nowMs, view.scheduleMs) - floorTick(fromMs, view.scheduleMs)) / view.scheduleMs),
      )
    : null;
  if (ticks === 0 && !isComputed) return null; // its first tick is yet to come
  return { view: view.name, version, sourceRows: rows.rows, ticks, isOnlineOnly: isComputed };
}

function versionThere(state: DeployedState, { view, version }: ResolvedView): DeployedVersion | undefined {
  return state.versions.find(({ resolved }) => resolved.view.name === view.name && resolved.version === version);
}

function keptVersions(state: DeployedState, target: readonly ResolvedView[], nowMs: number): readonly KeptOldVersion[] {
  const needs = needsByVersion(state.needs);
  const wanted = new Set(target.map(({ view, version }) => versionKey(view.name, version)));
  return state.versions
    .filter(({ resolved, rows }) => rows > 0 && !wanted.has(versionKey(resolved.view.name, resolved.version)))
    .map(({ resolved: { view, version }, unneededSince }) => {
      const neededBy = (needs.get(versionKey(view.name, version)) ?? []).map(({ releaseId, model, role }) => {
        return { releaseId, model, role };
      });
      const sinceMs = unneededSince === null ? nowMs : Date.parse(unneededSince);
      const retiresAfter = neededBy.length > 0 ? null : new Date(sinceMs + state.versionGraceMs).toISOString();
      return { view: view.name, version, neededBy, retiresAfter };
    });
}
