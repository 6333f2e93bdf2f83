import type { MaterializationPlan, MaterializationRequest } from '../../../contracts/materialization-flow.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { HOUR_MS } from '../../../core/clock.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import { isAggregated } from '../../../core/definitions/feature-view.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { createViewTable } from '../../../core/offline/glue-table.ts';
import { materializationRange, openedRun } from '../../../core/offline/materialization-range.ts';
import { runPrefix, sourceTable, viewTable } from '../../../core/offline/table-layout.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import { viewRowsSql } from '../../../core/sql/view-rows-sql.ts';
import { bringToLife } from '../../../core/versions/registered-version.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { TableLog } from '../../ports/table-log.ts';
import type { VersionRegistry } from '../../ports/version-registry.ts';
import type { ViewVersions } from '../../ports/view-versions.ts';
import { liveVersion } from '../versions/live-version.ts';
import { planOnline } from './plan-online.ts';
import { measuresPrefix, planQualityCheck, setAsidePrefix } from './plan-quality-check.ts';

/** Longer than the flow may take from here to its commit, so that a run whose lease has passed is surely dead. */
const LEASE_MS = 3 * HOUR_MS;

export interface PlanMaterializationDeps extends QueryPlace {
  readonly versions: ViewVersions;
  readonly versionRegistry: Pick<VersionRegistry, 'change'>;
  readonly tables: TableLog;
  readonly objects: Pick<ObjectStore, 'deleteAll'>;
  readonly clock: Clock;
}

/**
 * Decides what of a view has to be computed, opens the run that will hold it and clears the place it is written to.
 * The same execution asking again resumes its run.
 *
 * The current version is registered here, so that it stays live when the definitions change: until it is retired.
 *
 * @throws NotFoundError for an unknown view, ConflictError for a version that is not live
 * @throws TableBusyError while another run writes the view's table
 */
export async function planMaterialization(
  deps: PlanMaterializationDeps,
  ask: MaterializationRequest,
): Promise<MaterializationPlan> {
  assertRange(ask);
  const { resolved, isCurrent } = await liveVersion(deps.versions, ask.view, ask.version);
  if (isCurrent) await register(deps, resolved);
  const table = viewTable(resolved.view.name, resolved.version);
  const runId = digestOf({ table, executionName: ask.executionName }).slice(0, 32);
  const from = sourceTable(resolved.source.name);
  await deps.tables.sweep(from, (dead) => deps.objects.deleteAll(deps.offlineBucket, runPrefix(from, dead)));
  const [source, head] = await Promise.all([deps.tables.head(from), deps.tables.head(table)]);
  const asked = { fromMs: ask.fromMs ?? null, toMs: ask.toMs ?? null };
  const nowMs = deps.clock.now().getTime();
  const range = materializationRange(resolved, source, head, asked, nowMs);
  if (!range.isDue) return onlineOnly(deps, resolved, table, runId, range.because);

  const opened = await deps.tables.open(table, runId, LEASE_MS, 'alone');
  if (opened.state === 'committed')
    return onlineOnly(deps, resolved, table, runId, `run ${runId} is committed already`);
  const own = { runId, loadedAtMs: opened.loadedAtMs };
  for (const run of [...opened.mustClean, own]) {
    for (const prefix of [runPrefix(table, run), ...prefixesOf(table, run.runId)]) {
      await deps.objects.deleteAll(deps.offlineBucket, prefix);
    }
  }

  const { run, materializedToMs } = openedRun(resolved, range, head, opened, asked);
  const rows = { database: deps.database, table: source.table, watermarkMs: source.watermarkMs };
  const statement = viewRowsSql(resolved, rows, run);
  const isOfRange = asked.fromMs !== null || (asked.toMs !== null && !isAggregated(resolved.view));
  return {
    action: 'compute',
    view: resolved.view.name,
    version: resolved.version,
    table,
    runId,
    cause: ask.cause,
    loadedAtMs: run.loadedAtMs,
    fromMs: run.fromMs,
    toMs: run.toMs,
    sourceWatermarkMs: run.watermarkMs,
    materializedToMs,
    createTable: createViewTable(resolved, deps),
    query: unloadQuery(deps, statement, runPrefix(table, own), `feature view ${resolved.view.name}`),
    check: planQualityCheck(deps, resolved, { ...own, run, isOfRange, source, head, plannedAtMs: nowMs }),
    prefixes: prefixesOf(table, runId),
    judgedToMs: isOfRange ? null : run.watermarkMs,
    comparedTicks: isOfRange || run.isFirst ? null : ticksOf(resolved, run),
  };
}

/** Where a run writes beside its table. */
function prefixesOf(table: string, runId: string): string[] {
  return [measuresPrefix(runId), setAsidePrefix(table, runId)];
}

/** Runs of aggregates are compared by rows per tick, so that one that catches up has as many as any other. */
function ticksOf({ view }: ResolvedView, run: { readonly fromMs: number; readonly toMs: number }): number {
  return isAggregated(view) ? Math.max(1, Math.round((run.toMs - run.fromMs) / view.scheduleMs)) : 1;
}

/** Nothing to compute; but an earlier run may not have come online. */
async function onlineOnly(
  deps: PlanMaterializationDeps,
  resolved: ResolvedView,
  table: string,
  runId: string,
  because: string,
): Promise<MaterializationPlan> {
  const online = planOnline(deps, resolved, await deps.tables.head(table), runId);
  const planned = { view: resolved.view.name, version: resolved.version, because };
  return online.action === 'nothing'
    ? { action: 'nothing', ...planned }
    : { action: 'online-only', ...planned, online };
}

async function register({ versionRegistry, clock }: PlanMaterializationDeps, resolved: ResolvedView): Promise<void> {
  const cause = { at: clock.now().toISOString(), because: 'the definitions say it', releaseId: null };
  await versionRegistry.change(resolved.view.name, resolved.version, (seen) => bringToLife(seen, resolved, cause));
}

function assertRange({ fromMs, toMs }: MaterializationRequest): void {
  if (fromMs === undefined || toMs === undefined || fromMs <= toMs) return;
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  throw new InvalidInputError(`the range begins at ${from} and ends at ${to}; it has to begin before it ends`, {
    from,
    to,
  });
}
