import type { Source } from '../definitions/source.ts';
import type { ValueType } from '../definitions/value-type.ts';
import { expressionToSql } from '../expression/expression-to-sql.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import { dayOf } from '../offline/table-layout.ts';
import { columnTypes } from '../point-in-time/source-expression.ts';
import { joinSql, nameSql, rawSql, type Sql, sql } from './sql.ts';

/** A Glue table and how much of it a statement sees. */
export interface TableSnapshot {
  readonly database: string;
  readonly table: string;
  /** Rows with a later load time are not seen. */
  readonly watermarkMs: number;
}

export const SQL_TYPES: Readonly<Record<ValueType, string>> = {
  string: 'varchar',
  int64: 'bigint',
  float64: 'double',
  boolean: 'boolean',
  timestamp: 'bigint',
};

export function tableSql(snapshot: TableSnapshot): Sql {
  return nameSql(snapshot.table, snapshot.database);
}

/** Condition on the rows of `alias`: loaded by the watermark. The day prunes partitions. */
export function loadedBySql(snapshot: TableSnapshot, alias: string): Sql {
  const { watermarkMs } = snapshot;
  return sql`${nameSql('loaded_at_ms', alias)} <= ${watermarkMs} and ${nameSql('loaded_day', alias)} <= ${dayOf(watermarkMs)}`;
}

/**
 * The columns that tell the entities of a table's rows apart. Of an entity without join keys there is one: its rows
 * have one constant in common, so that every statement about entities is one about it as well.
 */
export function entityKeysSql(columns: readonly string[], alias: string): readonly Sql[] {
  return columns.length === 0 ? [rawSql('cast(0 as bigint)')] : columns.map((name) => nameSql(name, alias));
}

/** Condition: no part of the key is missing; a key without parts never is. */
export function completeKeySql(keys: readonly Sql[]): Sql {
  if (keys.length === 0) return rawSql('true');
  return joinSql(
    keys.map((key) => sql`${key} is not null`),
    ' and ',
  );
}

/** An expression over the columns of a source whose rows are called `alias`. */
export function sourceExpressionSql(source: Source, text: string, alias: string): Sql {
  return expressionToSql(parseExpression(text), columnTypes(source), (column) => nameSql(column, alias).text);
}

/** What a row gives an aggregate: its input, or null when the row takes no part. Without an input, 1. */
export function aggregateInputSql(
  source: Source,
  aggregate: { readonly input: string | null; readonly where: string | null },
  alias: string,
): Sql {
  const input = aggregate.input === null ? sql`1` : sourceExpressionSql(source, aggregate.input, alias);
  if (aggregate.where === null) return input;
  return sql`case when ${sourceExpressionSql(source, aggregate.where, alias)} then ${input} end`;
}
