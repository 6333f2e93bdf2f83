import type { Label } from '../definitions/model.ts';
import type { Source } from '../definitions/source.ts';
import { ceilTick, floorTick } from '../offline/ticks.ts';
import { type LabelScope, maturedToMs } from '../point-in-time/compute-labels.ts';
import { sourceExpressionType } from '../point-in-time/source-expression.ts';
import { countedRowsSql } from './counted-rows-sql.ts';
import {
  aggregateInputSql,
  completeKeySql,
  entityKeysSql,
  sourceExpressionSql,
  type TableSnapshot,
} from './offline-table-sql.ts';
import { column } from './span-plan.ts';
import { spanValuesSql } from './span-values-sql.ts';
import { joinSql, listSql, nameSql, rawSql, type Sql, sql, wholeSql } from './sql.ts';
import { ceilTickSql } from './tick-sql.ts';

export interface LabelTable {
  readonly source: Source;
  readonly table: TableSnapshot;
  readonly scope: Omit<LabelScope, 'watermarkMs'>;
  /** Event time of the oldest row of the label's source. */
  readonly oldestEventMs: number;
}

/**
 * Common table expressions that end in `hg_labels`: key `hg_k`, `hg_time`, the label's context as `hg_c`, and
 * `hg_label`, which is null while it has not matured. `computeLabels` says what they mean.
 */
export function labelsSql(label: Label, from: LabelTable): readonly Sql[] {
  return label.kind === 'observed' ? observedSql(label, from) : futureSql(label, from);
}

function observedSql(label: Label & { kind: 'observed' }, from: LabelTable): readonly Sql[] {
  const value = sql`cast(${sourceExpressionSql(from.source, label.value, 'r')} as double)`;
  const keys = label.keyColumns.map((name, i) => sql`${nameSql(name, 'r')} as ${column('k', i)}`);
  const context = label.context.map(
    (field, i) => sql`${sourceExpressionSql(from.source, field.sql, 'r')} as ${column('c', i)}`,
  );
  const conditions = [...visible(from), sql`r."event_time_ms" <= ${maturedTo(from)}`];
  const { labelsFromMs } = from.scope;
  if (labelsFromMs !== null) conditions.push(sql`r."event_time_ms" >= ${labelsFromMs}`);
  if (label.where !== null) conditions.push(sourceExpressionSql(from.source, label.where, 'r'));
  const rows = sql`
    select ${listSql([...keys, ...context, sql`r."event_time_ms" as "hg_time"`])}, ${value} as "hg_value"
    from ${countedRowsSql(from.source, from.table, 'r')}
    where ${joinSql(conditions, ' and ')}`;
  return [maturing(rows, label, from)];
}

function futureSql(label: Label & { kind: 'future' }, from: LabelTable): readonly Sql[] {
  const keys = entityKeysSql(label.keyColumns, 'r');
  const eventTime = nameSql('event_time_ms', 'r');
  const enters = ceilTickSql(eventTime, label.everyMs);
  const firstMs = Math.max(from.oldestEventMs, from.scope.labelsFromMs ?? from.oldestEventMs);
  const firstTickMs = ceilTick(firstMs, label.everyMs);
  const conditions = [
    ...visible(from),
    completeKeySql(keys),
    sql`${eventTime} > ${firstTickMs - label.activeWithinMs}`,
  ];
  const values = spanValuesSql({
    rows: sql`${countedRowsSql(from.source, from.table, 'r')} where ${joinSql(conditions, ' and ')}`,
    keys,
    spans: [
      { begin: enters, end: ceilTickSql(sql`(${eventTime} + ${wholeSql(label.activeWithinMs)})`, label.everyMs) },
      // a row lies in the future of the ticks with event time - horizon <= tick < event time
      { begin: ceilTickSql(sql`(${eventTime} - ${wholeSql(label.horizonMs)})`, label.everyMs), end: enters },
    ],
    aggregates: [
      {
        aggregation: label.aggregation,
        input: aggregateInputSql(from.source, label, 'r'),
        inputType: label.input === null ? 'int64' : sourceExpressionType(from.source, label.input),
        span: 1,
      },
    ],
    firstTickMs,
    lastTickMs: Math.max(floorTick(maturedTo(from), label.everyMs), firstTickMs - label.everyMs),
    stepMs: label.everyMs,
    longestMs: Math.max(label.activeWithinMs, label.horizonMs),
    keepsFirstEmpty: false,
  });
  const rows = sql`select ${listSql(keys.map((_, i) => column('k', i)))}, "hg_at" as "hg_time", ${futureValue(label)} as "hg_value" from "hg_values"`;
  return [...values, maturing(rows, label, from)];
}

function futureValue(label: Label & { kind: 'future' }): Sql {
  const value = sql`cast(${column('f', 0)} as double)`;
  if (label.positiveAtLeast !== null) {
    const orNothing = label.aggregation === 'sum' ? sql`coalesce(${value}, 0E0)` : value;
    return sql`case when ${orNothing} >= cast(${label.positiveAtLeast} as double) then 1E0 else 0E0 end`;
  }
  return label.aggregation === 'sum' ? sql`coalesce(${value}, 0E0)` : value;
}

/** Takes the value away from labels that have not matured, and leaves out those that matured without a value. */
function maturing(rows: Sql, label: Label, from: LabelTable): Sql {
  const hasMatured = sql`"hg_time" <= ${wholeSql(maturedTo(from) - label.horizonMs)}`;
  const context = label.kind === 'observed' ? label.context : [];
  const columns = [...label.keyColumns.map((_, i) => column('k', i)), ...context.map((_, i) => column('c', i))];
  return sql`"hg_labels" as (
    select ${listSql([...columns, rawSql('"hg_time"')])}, case when ${hasMatured} then "hg_value" end as "hg_label"
    from (${rows}) r
    where "hg_value" is not null or not (${hasMatured})
  )`;
}

function visible(from: LabelTable): readonly Sql[] {
  return [sql`r."known_at_ms" <= ${from.scope.asOfMs}`];
}

function maturedTo(from: LabelTable): number {
  return maturedToMs({ ...from.scope, watermarkMs: from.table.watermarkMs });
}
