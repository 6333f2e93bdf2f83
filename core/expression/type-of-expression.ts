import type { ValueType } from '../definitions/value-type.ts';
import { type ColumnTypes, checkExpression } from './check-expression.ts';
import type { Expression } from './expression.ts';

/**
 * The type of the expression's value.
 *
 * @throws ExpressionError for an unknown column or types that do not fit, with the position and what is allowed
 */
export function typeOfExpression(expression: Expression, columns: ColumnTypes): ValueType {
  return checkExpression(expression, columns).type;
}
