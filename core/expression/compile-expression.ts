import type { Row, Value } from '../definitions/value-type.ts';
import { type ColumnTypes, checkExpression } from './check-expression.ts';
import type { Expression } from './expression.ts';
import { ARITHMETIC } from './operators.ts';
import { finite, safeWhole } from './primitives.ts';
import type { TypedNode } from './typed-expression.ts';

/** Computes one row's value. */
export type CompiledExpression = (row: Row) => Value;

/**
 * The expression as a function of a row; a column that the row lacks is null. Means the same as the SQL of
 * `expressionToSql`. Never throws on rows of the declared types.
 *
 * @throws ExpressionError when it does not fit the columns
 */
export function compileExpression(expression: Expression, columns: ColumnTypes): CompiledExpression {
  return compile(checkExpression(expression, columns));
}

function compile(node: TypedNode): CompiledExpression {
  switch (node.op) {
    case 'literal':
      return () => node.value;
    case 'column':
      return (row) => row[node.name] ?? null;
    case 'strict':
      return strict(node.primitive.run, node.args.map(compile));
    case 'arithmetic': {
      const compute = ARITHMETIC[node.operator];
      const keep = node.type === 'int64' ? safeWhole : finite;
      // the checker gave it numbers only
      return strict(([a, b]) => keep(compute(a as number, b as number)), node.args.map(compile));
    }
    case 'negate':
      return strict(([a]) => -(a as number) + 0, [compile(node.operand)]); // the checker gave it a number
    case 'widen':
      return compile(node.operand);
    case 'and':
      return connective(node.args.map(compile), false);
    case 'or':
      return connective(node.args.map(compile), true);
    case 'isNull': {
      const operand = compile(node.operand);
      return (row) => operand(row) === null;
    }
    case 'in':
      return membership(compile(node.operand), node.options.map(compile));
    case 'coalesce': {
      const args = node.args.map(compile);
      return (row) => firstKnown(args, row);
    }
    case 'nullif': {
      const left = compile(node.args[0]);
      const right = compile(node.args[1]);
      return (row) => {
        const value = left(row);
        return value === right(row) ? null : value;
      };
    }
    case 'case': {
      const branches = node.branches.map(({ when, result }) => ({ when: compile(when), result: compile(result) }));
      const otherwise = compile(node.otherwise);
      return (row) => (branches.find(({ when }) => when(row) === true)?.result ?? otherwise)(row);
    }
  }
}

function strict(run: (args: readonly Value[]) => Value, args: readonly CompiledExpression[]): CompiledExpression {
  return (row) => {
    const values = new Array<Value>(args.length);
    for (let i = 0; i < args.length; i++) {
      const value = args[i]!(row); // i stays below the length
      if (value === null) return null;
      values[i] = value;
    }
    return run(values);
  };
}

/** AND (decided by false) and OR (decided by true) of three-valued logic. */
function connective(args: readonly CompiledExpression[], decidedBy: boolean): CompiledExpression {
  return (row) => {
    const values = args.map((arg) => arg(row));
    if (values.includes(decidedBy)) return decidedBy;
    return values.includes(null) ? null : !decidedBy;
  };
}

/** True when an option equals, else null when the operand or an option is null, else false. */
function membership(operand: CompiledExpression, options: readonly CompiledExpression[]): CompiledExpression {
  return (row) => {
    const value = operand(row);
    if (value === null) return null;
    const candidates = options.map((option) => option(row));
    if (candidates.includes(value)) return true;
    return candidates.includes(null) ? null : false;
  };
}

function firstKnown(args: readonly CompiledExpression[], row: Row): Value {
  for (const arg of args) {
    const value = arg(row);
    if (value !== null) return value;
  }
  return null;
}
