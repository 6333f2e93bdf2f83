import type { ValueType } from '../definitions/value-type.ts';
import { joinSql, listSql, type Sql, sql } from '../sql/sql.ts';
import { arithmeticToSql } from './arithmetic-to-sql.ts';
import { type ColumnTypes, checkExpression } from './check-expression.ts';
import type { Expression } from './expression.ts';
import { ExpressionError } from './expression-error.ts';
import { fixedSql, withoutParens } from './primitives.ts';
import type { TypedNode } from './typed-expression.ts';

/** Athena takes statements up to 262,144 bytes; one expression may fill a small part of it. */
const MAX_SQL_LENGTH = 50_000;

/**
 * Levels of parentheses and CASE. Readers of SQL take a limited depth (the laptop's Athena 32), of which the statement
 * around the expression needs some.
 */
const MAX_SQL_NESTING = 20;

const SQL_TYPES: Readonly<Record<ValueType, string>> = {
  string: 'varchar',
  int64: 'bigint',
  float64: 'double',
  boolean: 'boolean',
  timestamp: 'bigint',
};

/**
 * The expression in Athena's SQL, of the expression's type (a timestamp is epoch milliseconds as a bigint).
 * Literals are parameters. Means the same as `compileExpression`.
 *
 * @param columnSql how a column is spelled where the SQL goes, for example quoted and qualified
 * @throws ExpressionError when it does not fit the columns
 */
export function expressionToSql(
  expression: Expression,
  columns: ColumnTypes,
  columnSql: (name: string) => string,
): Sql {
  return new Renderer(expression.text, columnSql).render(checkExpression(expression, columns));
}

class Renderer {
  readonly #text: string;
  readonly #columnSql: (name: string) => string;

  constructor(text: string, columnSql: (name: string) => string) {
    this.#text = text;
    this.#columnSql = columnSql;
  }

  /** Checked at each level, because a few functions write an argument more than once. */
  render(node: TypedNode): Sql {
    const written = this.#write(node);
    const depth = nestingOf(written.text);
    if (written.text.length <= MAX_SQL_LENGTH && depth <= MAX_SQL_NESTING) return written;
    const size = depth > MAX_SQL_NESTING ? `${MAX_SQL_NESTING} levels` : `${MAX_SQL_LENGTH} characters`;
    throw new ExpressionError(this.#text, 0, `it becomes more than ${size} of SQL, so nest less`);
  }

  #write(node: TypedNode): Sql {
    const of = (child: TypedNode): Sql => this.render(child);
    const bare = (child: TypedNode): Sql => withoutParens(of(child));
    switch (node.op) {
      case 'literal':
        return literal(node);
      case 'column':
        return fixedSql(this.#columnSql(node.name));
      case 'strict':
        return node.primitive.sql(node.args.map(of));
      case 'arithmetic':
        return arithmeticToSql(node, of);
      case 'negate':
        return sql`(-${of(node.operand)})`;
      case 'widen':
        return sql`CAST(${withoutParens(of(node.operand))} AS double)`;
      case 'and':
      case 'or': {
        const [first, second] = node.args;
        const left = first.op === node.op ? withoutParens(of(first)) : of(first);
        return sql`(${left} ${fixedSql(node.op.toUpperCase())} ${of(second)})`;
      }
      case 'isNull':
        return sql`(${of(node.operand)} IS NULL)`;
      case 'in':
        return sql`(${of(node.operand)} IN (${listSql(node.options.map(bare))}))`;
      case 'coalesce':
        return node.args.length === 1 ? of(node.args[0]!) : sql`coalesce(${listSql(node.args.map(bare))})`;
      case 'nullif':
        return sql`nullif(${listSql(node.args.map(bare))})`;
      case 'case': {
        const branches = node.branches.map((branch) => sql`WHEN ${bare(branch.when)} THEN ${bare(branch.result)}`);
        return sql`CASE ${joinSql(branches, ' ')} ELSE ${bare(node.otherwise)} END`;
      }
    }
  }
}

/** Cast, because a bare parameter takes its type from what was sent, which for 1.5 is a decimal. */
function literal(node: Extract<TypedNode, { op: 'literal' }>): Sql {
  const type = fixedSql(SQL_TYPES[node.type]);
  if (node.value === null) return sql`CAST(NULL AS ${type})`;
  if (typeof node.value === 'boolean') return fixedSql(String(node.value));
  return sql`CAST(${node.value} AS ${type})`;
}

function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/'[^']*'|\(|\)|\bCASE\b|\bEND\b/g)) {
    if (token === '(' || token === 'CASE') deepest = Math.max(deepest, ++depth);
    if (token === ')' || token === 'END') depth--;
  }
  return deepest;
}
