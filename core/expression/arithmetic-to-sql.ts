import { joinSql, type Sql, sql } from '../sql/sql.ts';
import { fixedSql, withoutParens } from './primitives.ts';
import type { TypedNode } from './typed-expression.ts';

/** Operators of one level are computed from left to right, without parentheses. */
const LEVELS = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2 } as const;

type ArithmeticNode = Extract<TypedNode, { op: 'arithmetic' }>;

/**
 * A tree of + - * / % as one CASE: its terms are computed in double, which is exact for whole numbers below 2^53, and
 * the value stands only when no whole-number term has reached 2^53 and nothing has become infinite.
 *
 * One CASE for the whole tree, because a test at each operator would write its operand twice and double the text
 * at every level.
 *
 * @param render writes the operands that are not arithmetic
 */
export function arithmeticToSql(root: ArithmeticNode, render: (node: TypedNode) => Sql): Sql {
  const conditions: Sql[] = [];
  const value = term(root);
  if (root.type === 'float64') conditions.push(finiteSql(value));
  const result = root.type === 'int64' ? sql`CAST(${withoutParens(value)} AS bigint)` : withoutParens(value);
  return sql`CASE WHEN ${joinSql(conditions, ' AND ')} THEN ${result} END`;

  function term(node: TypedNode): Sql {
    if (node.op === 'widen') return term(node.operand);
    if (node.op === 'negate') return sql`(-${term(node.operand)})`;
    if (node.op === 'literal') return render({ ...node, type: 'float64' });
    if (node.op !== 'arithmetic')
      return node.type === 'float64' ? render(node) : sql`CAST(${withoutParens(render(node))} AS double)`;
    const computed = operation(node);
    if (node.type === 'int64') conditions.push(sql`abs(${withoutParens(computed)}) < 9007199254740992e0`);
    return computed;
  }

  function operation(node: ArithmeticNode): Sql {
    const first = node.args[0];
    const isChain = first.op === 'arithmetic' && LEVELS[first.operator] === LEVELS[node.operator];
    const left = isChain ? withoutParens(term(first)) : term(first);
    const right = term(node.args[1]);
    const operator = fixedSql(node.operator);
    if (node.operator !== '/' && node.operator !== '%') return sql`(${left} ${operator} ${right})`;
    // an infinite divisor would vanish: 1 / Infinity is 0 and 1 % Infinity is 1
    if (hasArithmetic(node.args[1])) conditions.push(finiteSql(right));
    // the cast changes nothing in Athena; it shows the laptop's Athena that these are doubles
    const divisor = sql`CAST(nullif(${withoutParens(right)}, 0e0) AS double)`;
    return sql`(${left} ${operator} ${divisor})`;
  }
}

/** False for NaN in Trino, where it compares with nothing, and in DuckDB, where it is above everything. */
function finiteSql(value: Sql): Sql {
  return sql`abs(${withoutParens(value)}) <= 1.7976931348623157E308`;
}

function hasArithmetic(node: TypedNode): boolean {
  if (node.op === 'widen' || node.op === 'negate') return hasArithmetic(node.operand);
  return node.op === 'arithmetic';
}
