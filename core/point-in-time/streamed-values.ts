import { aggregatesOf } from '../definitions/aggregates-of.ts';
import type { ResolvedView } from '../definitions/definitions.ts';
import type { Value } from '../definitions/value-type.ts';
import { BugError } from '../errors.ts';
import type { MaterializationRun } from '../offline/materialization-run.ts';
import { ceilTick, floorTick } from '../offline/ticks.ts';
import { aggregateValues } from './aggregate-values.ts';
import { compareTimes, type SourceRow, type ViewRow } from './offline-row.ts';
import { aggregateInput } from './source-expression.ts';

/**
 * The values of a streamed view for one entity at an instant, in the order of its features (see `StreamPolicy`); null
 * while no row of it counts. The meaning of record of streamed views. Slow on purpose.
 *
 * @param rows of the entity that take part in the view, without duplicates
 * @param knownFromMs when serving could know a row, where that is not when it was known
 */
export function streamedValuesAt(
  { view, source }: ResolvedView,
  rows: readonly SourceRow[],
  atMs: number,
  knownFromMs: (row: SourceRow) => number = (row) => row.knownAtMs,
): readonly Value[] | null {
  const known = rows.filter((row) => row.eventTimeMs <= atMs && knownFromMs(row) <= atMs).sort(compareTimes);
  if (known.length === 0) return null;
  return aggregatesOf(view).map((aggregate) => {
    const farEdgeMs = floorTick(atMs - aggregate.windowMs, tileOf({ view }));
    const { type, compute } = aggregateInput(source, aggregate);
    const inputs = known.filter((row) => row.eventTimeMs > farEdgeMs).map(compute);
    return aggregateValues(aggregate.aggregation, type, inputs);
  });
}

/**
 * The rows that one run writes for an entity of a streamed view: one at each instant at which a row begins to count or
 * leaves a window, from where the run before ended; or from where the first of the rows begins that have come since.
 */
export function streamedRows(
  resolved: ResolvedView,
  rows: readonly SourceRow[],
  run: MaterializationRun,
): readonly Omit<ViewRow, 'key'>[] {
  const knownFromMs = (row: SourceRow) => countsFromMs(row, run);
  const beginOf = (row: SourceRow) => Math.max(row.eventTimeMs, knownFromMs(row));
  const instants = new Set(
    rows.flatMap((row) => {
      const ends = aggregatesOf(resolved.view).map(({ windowMs }) =>
        ceilTick(row.eventTimeMs + windowMs, tileOf(resolved)),
      );
      return [beginOf(row), ...ends.filter((endMs) => beginOf(row) < endMs)];
    }),
  );
  const fresh = rows.filter((row) => row.loadedAtMs > run.loadedFromMs);
  const fromMs = Math.min(run.fromMs, ...fresh.map((row) => beginOf(row) - 1));
  return [...instants]
    .filter((instant) => instant > fromMs && instant <= run.toMs)
    .map((instant) => ({
      values: streamedValuesAt(resolved, rows, instant, knownFromMs) ?? [],
      eventTimeMs: instant,
      knownAtMs: instant,
      loadedAtMs: run.loadedAtMs,
      seq: 0,
    }));
}

/**
 * When serving could know a row. In history: when it was known. A row that came since the run before counts from when
 * it was brought online: by what loaded it, else by this run, or by the earlier one that was the first to see it.
 */
function countsFromMs(row: SourceRow, run: MaterializationRun): number {
  if (run.isFirst) return row.knownAtMs;
  const isNew = row.loadedAtMs > run.loadedFromMs;
  const before = run.seenBefore?.find((seen) => seen.fromMs < row.loadedAtMs && row.loadedAtMs <= seen.toMs);
  const broughtAtMs = isNew ? run.loadedAtMs : before?.loadedAtMs;
  return Math.max(row.knownAtMs, row.servedAtMs ?? broughtAtMs ?? row.knownAtMs);
}

function tileOf({ view }: Pick<ResolvedView, 'view'>): number {
  if (view.stream === null) throw new BugError(`view ${view.name} is not streamed`);
  return view.stream.tileMs;
}
