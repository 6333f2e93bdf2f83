import type { Label } from '../definitions/model.ts';
import type { Source } from '../definitions/source.ts';
import type { Value } from '../definitions/value-type.ts';
import { ceilTick } from '../offline/ticks.ts';
import { aggregateValues } from './aggregate-values.ts';
import { countedRows } from './counted-rows.ts';
import { byKey, compareTimes, type KeyValue, type SourceRow } from './offline-row.ts';
import { aggregateInput, sourceExpression } from './source-expression.ts';

export interface LabelRow {
  /** Join key values in the entity's order; an observed label may lack some. */
  readonly key: readonly (KeyValue | null)[];
  readonly timeMs: number;
  /** Values of the label's context, in its order; empty for a label of the future. */
  readonly context: readonly Value[];
  /** Null while it has not matured. */
  readonly label: number | null;
}

/** From which rows labels are made, and up to when they have matured. */
export interface LabelScope {
  /** Rows loaded later are not seen. */
  readonly watermarkMs: number;
  /** The training's instant: rows not known by then are not seen. */
  readonly asOfMs: number;
  /** Event time of the newest row of the label's source. */
  readonly newestEventMs: number;
  /** Labels before are not used; null means all. */
  readonly labelsFromMs: number | null;
}

/** A label has matured when its instant plus the horizon lies at or before both the training and the newest event. */
export function maturedToMs(scope: LabelScope): number {
  return Math.min(scope.asOfMs, scope.newestEventMs);
}

/**
 * The labels of a model, those that have not matured with a null label: the meaning of record of `labelsSql`.
 * A row whose ground truth is missing gives no label, nor does a duplicate of an event. Slow on purpose.
 */
export function computeLabels(
  label: Label,
  source: Source,
  rows: readonly SourceRow[],
  scope: LabelScope,
): readonly LabelRow[] {
  const loaded = rows.filter((row) => row.loadedAtMs <= scope.watermarkMs);
  const visible = countedRows(source, loaded)
    .filter((row) => row.knownAtMs <= scope.asOfMs)
    .sort(compareTimes);
  const matured = maturedToMs(scope);
  const all =
    label.kind === 'observed' ? observedLabels(label, source, visible) : futureLabels(label, source, visible, matured);
  return all
    .filter((one) => one.timeMs <= matured && (scope.labelsFromMs === null || one.timeMs >= scope.labelsFromMs))
    .map((one) => ({ ...one, hasMatured: one.timeMs + label.horizonMs <= matured }))
    .filter((one) => !one.hasMatured || one.label !== null)
    .map(({ hasMatured, ...one }) => ({ ...one, label: hasMatured ? one.label : null }));
}

function observedLabels(
  label: Label & { kind: 'observed' },
  source: Source,
  rows: readonly SourceRow[],
): readonly LabelRow[] {
  const value = sourceExpression(source, label.value);
  const takesPart = label.where === null ? () => true : sourceExpression(source, label.where);
  const context = label.context.map(({ sql }) => sourceExpression(source, sql));
  return rows
    .filter((row) => takesPart(row) === true)
    .map((row) => ({
      // a key column holds strings or whole numbers
      key: label.keyColumns.map((column) => row.values[column] as KeyValue | null),
      timeMs: row.eventTimeMs,
      context: context.map((compute) => compute(row)),
      label: asNumber(value(row)),
    }));
}

function futureLabels(
  label: Label & { kind: 'future' },
  source: Source,
  rows: readonly SourceRow[],
  maturedMs: number,
): readonly LabelRow[] {
  const input = aggregateInput(source, label);
  return byKey(rows, (row) => label.keyColumns.map((column) => row.values[column] ?? null)).flatMap((entity) => {
    const ticks = new Set<number>();
    for (const row of entity.rows) {
      const from = ceilTick(row.eventTimeMs, label.everyMs);
      const to = Math.min(row.eventTimeMs + label.activeWithinMs - 1, maturedMs);
      for (let tick = from; tick <= to; tick += label.everyMs) ticks.add(tick);
    }
    return [...ticks].map((tick) => {
      const future = entity.rows.filter((row) => row.eventTimeMs > tick && row.eventTimeMs <= tick + label.horizonMs);
      const value = aggregateValues(label.aggregation, input.type, future.map(input.compute));
      return { key: entity.key, timeMs: tick, context: [], label: futureLabel(label, value) };
    });
  });
}

/** Nothing in the future adds up to 0, and reaches no threshold. */
function futureLabel(label: Label & { kind: 'future' }, value: Value): number | null {
  const number = asNumber(value) ?? (label.aggregation === 'sum' ? 0 : null);
  if (label.positiveAtLeast === null) return number;
  return number !== null && number >= label.positiveAtLeast ? 1 : 0;
}

function asNumber(value: Value): number | null {
  return value === null || typeof value === 'string' ? null : Number(value);
}
