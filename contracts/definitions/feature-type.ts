import type { Aggregation, FeatureCompute } from '../../core/definitions/feature-view.ts';
import type { Source } from '../../core/definitions/source.ts';
import type { ValueType } from '../../core/definitions/value-type.ts';
import { InvalidInputError } from '../../core/errors.ts';
import type { ColumnTypes } from '../../core/expression/check-expression.ts';
import { expressionToSql } from '../../core/expression/expression-to-sql.ts';
import { parseExpression } from '../../core/expression/parse-expression.ts';
import { typeOfExpression } from '../../core/expression/type-of-expression.ts';
import { quoteValue } from './read-input.ts';

/**
 * The type of what a feature computes over rows of the source.
 *
 * @throws InvalidInputError for a column that is not there, an expression that does not fit, an input that cannot be aggregated
 */
export function featureType(compute: FeatureCompute, from: Source): ValueType {
  switch (compute.kind) {
    case 'column': {
      const found = from.columns.find((column) => column.name === compute.column);
      if (found !== undefined) return found.type;
      throw new InvalidInputError(
        `source ${from.name} has no column ${quoteValue(compute.column)}; columns: ${namesOf(from)}`,
      );
    }
    case 'expression':
      return expressionType(compute.sql, from);
    case 'aggregate':
      if (compute.where !== null) expectBoolean('where', compute.where, from);
      return aggregateType(compute.aggregation, compute.input, from);
  }
}

/** @throws InvalidInputError also for an expression that becomes more SQL than a query may hold */
export function expressionType(sql: string, from: Source): ValueType {
  return typeWithin(sql, Object.fromEntries(from.columns.map((column) => [column.name, column.type])));
}

/**
 * The type of an expression over columns of the given types.
 *
 * @throws InvalidInputError also for an expression that becomes more SQL than a query may hold
 */
export function typeWithin(sql: string, columns: ColumnTypes): ValueType {
  const expression = parseExpression(sql);
  expressionToSql(expression, columns, (name) => `r."${name}"`);
  return typeOfExpression(expression, columns);
}

/** @throws InvalidInputError */
export function expectBoolean(what: string, sql: string, from: Source): void {
  const type = expressionType(sql, from);
  if (type === 'boolean') return;
  throw new InvalidInputError(`${what} ${quoteValue(sql)} is a ${type}; write a condition, for example "quantity > 0"`);
}

/**
 * @param sql what is aggregated; null for rows
 * @throws InvalidInputError
 */
export function aggregateType(aggregation: Aggregation, sql: string | null, from: Source): ValueType {
  const input = sql === null ? null : expressionType(sql, from);
  const refuse = (needed: string): never => {
    const found = sql === null ? 'there is none' : `${quoteValue(sql)} is a ${input}`;
    throw new InvalidInputError(`${aggregation} needs ${needed}, and ${found}`);
  };
  switch (aggregation) {
    case 'count':
    case 'count_distinct':
      return 'int64';
    case 'sum':
    case 'mean':
      if (input !== 'int64' && input !== 'float64') return refuse('a number (int64 or float64)');
      return aggregation === 'mean' ? 'float64' : input;
    case 'min':
    case 'max':
      if (input === null || input === 'boolean') return refuse('a number, a string or a timestamp');
      return input;
    case 'last':
      return input ?? refuse('an expression');
  }
}

function namesOf(from: Source): string {
  return from.columns.map((column) => column.name).join(', ');
}
