import { aggregatesOf, rowExpressionsOf } from '../definitions/aggregates-of.ts';
import type { ResolvedView } from '../definitions/definitions.ts';
import { type Aggregate, isAggregated } from '../definitions/feature-view.ts';
import type { MaterializationRun } from '../offline/materialization-run.ts';
import { ceilTick } from '../offline/ticks.ts';
import { admission } from '../quality/admission.ts';
import { aggregateValues } from './aggregate-values.ts';
import { countedRows } from './counted-rows.ts';
import { byKey, compareTimes, type SourceRow, type ViewRow } from './offline-row.ts';
import { aggregateInput, sourceExpression } from './source-expression.ts';
import { streamedRows } from './streamed-values.ts';

/**
 * The rows that one run writes to a view's table: the meaning of record of `viewRowsSql`. Slow on purpose.
 * Rows whose key is not complete belong to no entity and give nothing; nor do rows that break a quarantine rule.
 * Of the rows that are left, duplicates of an event do not count in aggregates.
 */
export function computeViewRows(
  resolved: ResolvedView,
  rows: readonly SourceRow[],
  run: MaterializationRun,
): readonly ViewRow[] {
  const brokenRules = admission(resolved);
  const visible = rows.filter((row) => row.loadedAtMs <= run.watermarkMs && brokenRules(row.values).length === 0);
  const taking = isAggregated(resolved.view) ? countedRows(resolved.source, visible) : visible;
  const entities = byKey(taking, (row) => resolved.view.keyColumns.map((column) => row.values[column] ?? null));
  const computeEntity = entityRows(resolved);
  return entities.flatMap((entity) =>
    computeEntity(resolved, entity.rows, run).map((row) => ({ ...row, key: entity.key })),
  );
}

type EntityRow = Omit<ViewRow, 'key'>;

function entityRows({ view }: ResolvedView): typeof singleRows {
  if (view.stream !== null) return streamedRows;
  return isAggregated(view) ? aggregatedRows : singleRows;
}

/** Each source row is a row of the view, at its own event time. */
function singleRows(resolved: ResolvedView, rows: readonly SourceRow[], run: MaterializationRun): readonly EntityRow[] {
  const { view, source } = resolved;
  const features = rowExpressionsOf(view).map((text) => sourceExpression(source, text));
  const oldestFirst = [...rows].sort((a, b) => compareTimes({ ...a, eventTimeMs: 0 }, { ...b, eventTimeMs: 0 }));
  return oldestFirst
    .filter((row) => row.loadedAtMs > run.loadedFromMs && row.eventTimeMs > run.fromMs && row.eventTimeMs <= run.toMs)
    .map((row, i) => ({
      values: features.map((feature) => feature(row)),
      eventTimeMs: row.eventTimeMs,
      knownAtMs: run.isFirst ? row.knownAtMs : Math.max(row.knownAtMs, row.servedAtMs ?? run.loadedAtMs),
      loadedAtMs: run.loadedAtMs,
      seq: i + 1,
    }));
}

/** A row at each tick at which the entity has a known row in its longest window, and at the first tick after. */
function aggregatedRows(
  resolved: ResolvedView,
  rows: readonly SourceRow[],
  run: MaterializationRun,
): readonly EntityRow[] {
  const { view, source } = resolved;
  const aggregates = aggregatesOf(view).map((one) => ({ ...one, ...aggregateInput(source, one) }));
  const oldestFirst = [...rows].sort(compareTimes);
  const longestMs = Math.max(...aggregates.map((aggregate) => aggregate.windowMs));
  const isPresent = (tick: number) => inWindow(oldestFirst, tick, longestMs).length > 0;

  const found: EntityRow[] = [];
  for (let tick = ceilTick(run.fromMs + 1, view.scheduleMs); tick <= run.toMs; tick += view.scheduleMs) {
    if (!isPresent(tick) && !isPresent(tick - view.scheduleMs)) continue;
    found.push({
      values: aggregates.map((aggregate) => valueAt(aggregate, oldestFirst, tick)),
      eventTimeMs: tick,
      knownAtMs: run.isFirst ? tick : run.loadedAtMs,
      loadedAtMs: run.loadedAtMs,
      seq: 0,
    });
  }
  return found;
}

function valueAt(aggregate: Aggregate & ReturnType<typeof aggregateInput>, rows: readonly SourceRow[], tick: number) {
  const inputs = inWindow(rows, tick, aggregate.windowMs).map(aggregate.compute);
  return aggregateValues(aggregate.aggregation, aggregate.type, inputs);
}

/** Rows with tick - window < event time <= tick that were known at the tick. */
function inWindow(rows: readonly SourceRow[], tick: number, windowMs: number): readonly SourceRow[] {
  return rows.filter((row) => row.eventTimeMs > tick - windowMs && row.eventTimeMs <= tick && row.knownAtMs <= tick);
}
