import type { ResolvedView } from '../definitions/definitions.ts';
import { isAggregated } from '../definitions/feature-view.ts';
import { EARLIEST_MS, LATEST_MS, type MaterializationRun, type SeenRows } from './materialization-run.ts';
import type { TableHead } from './table-runs.ts';
import { ceilTick, floorTick } from './ticks.ts';

export interface RangeRequest {
  /** Recompute from this instant on, inclusive; null: where the last run ended. */
  readonly fromMs: number | null;
  /** Up to this instant, inclusive, and never beyond now; null: up to now. */
  readonly toMs: number | null;
}

export type MaterializationRange =
  | { readonly isDue: false; readonly because: string }
  | {
      readonly isDue: true;
      readonly run: Pick<MaterializationRun, 'fromMs' | 'toMs' | 'loadedFromMs' | 'watermarkMs'>;
      /** What the table's head says when the run is committed; null leaves it. */
      readonly materializedToMs: number | null;
    };

/**
 * What a materialization has to compute. Scheduled aggregates go on at the tick after the last one that is covered;
 * row-level views take what was loaded since, so `materializedToMs` of their table is a load time of the source.
 * Streamed views go on at the instant up to which they are computed; `judgedToMs` says which rows they have seen.
 * An explicit range computes its ticks (or its rows' event times) again: later rows win over earlier ones.
 */
export function materializationRange(
  resolved: ResolvedView,
  source: TableHead,
  view: TableHead,
  ask: RangeRequest,
  nowMs: number,
): MaterializationRange {
  if (source.rows === 0 || source.oldestEventTimeMs === null) {
    return nothing(`source ${resolved.source.name} has no rows yet; ingest some first`);
  }
  if (resolved.view.stream !== null) return streamRange(resolved, source, view, ask, nowMs);
  return isAggregated(resolved.view)
    ? tickRange(resolved, source, source.oldestEventTimeMs, view, ask, nowMs)
    : loadRange(resolved, source, view, ask);
}

function tickRange(
  { view }: ResolvedView,
  source: TableHead,
  oldestMs: number,
  head: TableHead,
  ask: RangeRequest,
  nowMs: number,
): MaterializationRange {
  const beforeFirst = ceilTick(oldestMs, view.scheduleMs) - view.scheduleMs;
  const from = ask.fromMs === null ? (head.materializedToMs ?? beforeFirst) : Math.max(ask.fromMs - 1, beforeFirst);
  const to = floorTick(Math.min(nowMs, ask.toMs ?? nowMs), view.scheduleMs);
  const firstTick = floorTick(from, view.scheduleMs) + view.scheduleMs;
  if (firstTick > to) {
    const done =
      head.materializedToMs === null ? 'is not computed yet' : `is computed up to ${iso(head.materializedToMs)}`;
    return nothing(
      `view ${view.name} ${done}, and no tick lies between ${iso(firstTick)} and ${iso(to)}; ` +
        'to compute earlier ticks again ask for a range',
    );
  }
  return {
    isDue: true,
    run: { fromMs: firstTick - view.scheduleMs, toMs: to, loadedFromMs: 0, watermarkMs: source.watermarkMs },
    materializedToMs: to,
  };
}

function loadRange(
  { view }: ResolvedView,
  source: TableHead,
  head: TableHead,
  ask: RangeRequest,
): MaterializationRange {
  const { watermarkMs } = source;
  if (ask.fromMs !== null || ask.toMs !== null) {
    const [fromMs, toMs] = [(ask.fromMs ?? EARLIEST_MS + 1) - 1, ask.toMs ?? LATEST_MS];
    return { isDue: true, run: { fromMs, toMs, loadedFromMs: 0, watermarkMs }, materializedToMs: null };
  }
  const loadedFromMs = head.materializedToMs ?? 0;
  if (watermarkMs <= loadedFromMs) {
    return nothing(`view ${view.name} holds every row of source ${view.source} loaded up to ${iso(watermarkMs)}`);
  }
  return {
    isDue: true,
    run: { fromMs: EARLIEST_MS, toMs: LATEST_MS, loadedFromMs, watermarkMs },
    materializedToMs: watermarkMs,
  };
}

/** Rows loaded since the last run, and what has left windows since. A range is written again for all entities. */
function streamRange(
  { view }: ResolvedView,
  source: TableHead,
  head: TableHead,
  ask: RangeRequest,
  nowMs: number,
): MaterializationRange {
  const { watermarkMs } = source;
  const toMs = Math.min(nowMs, ask.toMs ?? nowMs);
  if (ask.fromMs !== null) {
    const run = { fromMs: ask.fromMs - 1, toMs, loadedFromMs: watermarkMs, watermarkMs };
    return { isDue: true, run, materializedToMs: null };
  }
  const fromMs = head.materializedToMs ?? EARLIEST_MS;
  if (toMs <= fromMs && watermarkMs <= head.judgedToMs) {
    return nothing(
      `view ${view.name} is computed up to ${iso(fromMs)}; to compute earlier instants again ask for a range`,
    );
  }
  const run = { fromMs, toMs: Math.max(fromMs, toMs), loadedFromMs: head.judgedToMs, watermarkMs };
  return { isDue: true, run, materializedToMs: run.toMs };
}

/**
 * The run that was opened for a range. That of a streamed view reaches up to its own load time, because the rows that
 * it brings online count from then on, and it is history until one run has covered all instants.
 */
export function openedRun(
  { view }: ResolvedView,
  { run, materializedToMs }: MaterializationRange & { readonly isDue: true },
  head: TableHead,
  opened: { readonly loadedAtMs: number; readonly isFirst: boolean },
  ask: RangeRequest,
): { readonly run: MaterializationRun; readonly materializedToMs: number | null } {
  const { loadedAtMs, isFirst } = opened;
  if (view.stream === null) return { run: { ...run, loadedAtMs, isFirst }, materializedToMs };
  const toMs = ask.toMs === null ? Math.max(run.toMs, loadedAtMs) : run.toMs;
  return {
    run: {
      ...run,
      toMs,
      loadedAtMs,
      isFirst: head.materializedToMs === null,
      seenBefore: seenBefore(head, Math.min(run.fromMs, run.loadedFromMs)),
    },
    materializedToMs: materializedToMs === null ? null : toMs,
  };
}

/** What was brought online after an instant. What the first run saw is history, which counts from when it was known. */
function seenBefore({ recent }: TableHead, afterMs: number): readonly SeenRows[] {
  return recent.flatMap(({ loadedAtMs, judged }) =>
    judged === undefined || judged.fromMs === 0 || loadedAtMs <= afterMs ? [] : [{ ...judged, loadedAtMs }],
  );
}

function nothing(because: string): MaterializationRange {
  return { isDue: false, because };
}

function iso(instantMs: number): string {
  return new Date(instantMs).toISOString();
}
