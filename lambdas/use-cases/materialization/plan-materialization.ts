import type { MaterializationPlan, MaterializationRequest } from '../../../contracts/materialization-flow.ts';
import { digestOf } from '../../../core/canonical-json.ts';
import { HOUR_MS } from '../../../core/clock.ts';
import { type Definitions, type ResolvedView, resolveView } from '../../../core/definitions/definitions.ts';
import { InvalidInputError } from '../../../core/errors.ts';
import { materializationRange } from '../../../core/offline/materialization-range.ts';
import { runPrefix, sourceTable, viewTable } from '../../../core/offline/table-layout.ts';
import { type QueryPlace, unloadQuery } from '../../../core/sql/unload-query.ts';
import { viewRowsSql } from '../../../core/sql/view-rows-sql.ts';
import type { Clock } from '../../ports/clock-and-ids.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { TableLog } from '../../ports/table-log.ts';
import { planOnline } from './plan-online.ts';

/** Longer than the flow may take from here to its commit, so that a run whose lease has passed is surely dead. */
const LEASE_MS = 3 * HOUR_MS;

export interface PlanMaterializationDeps extends QueryPlace {
  readonly definitions: Definitions;
  readonly tables: TableLog;
  readonly objects: Pick<ObjectStore, 'deleteAll'>;
  readonly clock: Clock;
}

/**
 * Decides what of a view has to be computed, opens the run that will hold it and clears the place it is written to.
 * The same execution asking again resumes its run.
 *
 * @throws NotFoundError for an unknown view
 * @throws TableBusyError while another run writes the view's table
 */
export async function planMaterialization(
  deps: PlanMaterializationDeps,
  ask: MaterializationRequest,
): Promise<MaterializationPlan> {
  const resolved = resolveView(deps.definitions, ask.view);
  assertRange(ask);
  const table = viewTable(resolved.view.name, resolved.version);
  const runId = digestOf({ table, executionName: ask.executionName }).slice(0, 32);
  const from = sourceTable(resolved.source.name);
  await deps.tables.sweep(from, (dead) => deps.objects.deleteAll(deps.offlineBucket, runPrefix(from, dead)));
  const [source, head] = await Promise.all([deps.tables.head(from), deps.tables.head(table)]);
  const asked = { fromMs: ask.fromMs ?? null, toMs: ask.toMs ?? null };
  const range = materializationRange(resolved, source, head, asked, deps.clock.now().getTime());
  if (!range.isDue) return onlineOnly(deps, resolved, table, runId, range.because);

  const opened = await deps.tables.open(table, runId, LEASE_MS, 'alone');
  if (opened.state === 'committed')
    return onlineOnly(deps, resolved, table, runId, `run ${runId} is committed already`);
  const own = { runId, loadedAtMs: opened.loadedAtMs };
  for (const run of [...opened.mustClean, own]) await deps.objects.deleteAll(deps.offlineBucket, runPrefix(table, run));

  const run = { ...range.run, loadedAtMs: opened.loadedAtMs, isFirst: opened.isFirst };
  const rows = { database: deps.database, table: source.table, watermarkMs: source.watermarkMs };
  const statement = viewRowsSql(resolved, rows, run);
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
    materializedToMs: range.materializedToMs,
    query: unloadQuery(deps, statement, runPrefix(table, own), `feature view ${resolved.view.name}`),
  };
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
  if (online.action === 'nothing') return { action: 'nothing', view: resolved.view.name, because };
  return { action: 'online-only', view: resolved.view.name, online, because };
}

function assertRange({ fromMs, toMs }: MaterializationRequest): void {
  if (fromMs === undefined || toMs === undefined || fromMs <= toMs) return;
  const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
  throw new InvalidInputError(`the range begins at ${from} and ends at ${to}; it has to begin before it ends`, {
    from,
    to,
  });
}
