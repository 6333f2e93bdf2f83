import type { ResolvedView } from '../definitions/definitions.ts';
import { isAggregated } from '../definitions/feature-view.ts';
import { EARLIEST_MS, LATEST_MS, type MaterializationRun } from './materialization-run.ts';
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
 * What a materialization has to compute. Aggregated views go on at the tick after the last one that is covered;
 * row-level views take what was loaded since, so `materializedToMs` of their table is a load time of the source.
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

function nothing(because: string): MaterializationRange {
  return { isDue: false, because };
}

function iso(instantMs: number): string {
  return new Date(instantMs).toISOString();
}
