import type { Source } from '../definitions/source.ts';
import type { Value, ValueType } from '../definitions/value-type.ts';
import { compileExpression } from '../expression/compile-expression.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import { typeOfExpression } from '../expression/type-of-expression.ts';
import type { SourceRow } from './offline-row.ts';

export type ComputeInput = (row: Pick<SourceRow, 'values'>) => Value;

export function columnTypes(source: Source): Readonly<Record<string, ValueType>> {
  return Object.fromEntries(source.columns.map(({ name, type }) => [name, type]));
}

/** @throws ExpressionError when the expression does not fit the source */
export function sourceExpression(source: Source, text: string): ComputeInput {
  const compute = compileExpression(parseExpression(text), columnTypes(source));
  return (row) => compute(row.values);
}

export function sourceExpressionType(source: Source, text: string): ValueType {
  return typeOfExpression(parseExpression(text), columnTypes(source));
}

/**
 * What a row gives an aggregate: its input, or null when the row takes no part. Without an input, 1.
 */
export function aggregateInput(
  source: Source,
  aggregate: { readonly input: string | null; readonly where: string | null },
): { readonly type: ValueType; readonly compute: ComputeInput } {
  const input = aggregate.input === null ? () => 1 : sourceExpression(source, aggregate.input);
  const takesPart = aggregate.where === null ? () => true : sourceExpression(source, aggregate.where);
  return {
    type: aggregate.input === null ? 'int64' : sourceExpressionType(source, aggregate.input),
    compute: (row) => (takesPart(row) === true ? input(row) : null),
  };
}
