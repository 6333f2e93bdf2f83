import type { Value } from '../definitions/value-type.ts';
import { joinSql, listSql, type Sql, sql } from '../sql/sql.ts';

/**
 * One operation in both engines. It is strict: when an argument is null the answer is null and `run` is not called.
 * Both sides are total: no argument of the declared types makes them fail.
 */
export interface Primitive {
  readonly sql: (args: readonly Sql[]) => Sql;
  readonly run: (args: readonly Value[]) => Value;
}

/** Magnitudes at or above are no longer exact; a whole-number result that reaches it is null. */
const UNSAFE = 2 ** 53;

const INFINITY = fixedSql(`CAST('Infinity' AS double)`);

/** An operation on numbers whose float64 result is null when it is not finite. */
export function float(run: (...args: number[]) => number, text: (...args: Sql[]) => Sql): Primitive {
  return {
    sql: (args) => sql`nullif(nullif(${text(...args)}, ${INFINITY}), -${INFINITY})`,
    run: (args) => finite(run(...(args as number[]))), // the checker gave it numbers only
  };
}

/** An operation on numbers whose float64 result is finite, because its arguments are. */
export function bounded(run: (a: number) => number, text: (a: Sql) => Sql): Primitive {
  return { sql: ([a]) => text(a!), run: ([a]) => finite(run(a as number)) }; // the checker gave it one argument, a number
}

/** A conversion to a whole number that is null beyond 2^53 - 1. `text` is of type double or bigint. */
export function whole(run: (...args: number[]) => number, text: (...args: Sql[]) => Sql): Primitive {
  return {
    sql: (args) => {
      const value = text(...args);
      return sql`CASE WHEN abs(${value}) < 9007199254740992 THEN CAST(${value} AS bigint) END`;
    },
    run: (args) => safeWhole(run(...(args as number[]))), // the checker gave it numbers only
  };
}

/** An operation whose result is of its type as it is. */
export function plain<A extends Value>(run: (...args: A[]) => Value, text: (...args: Sql[]) => Sql): Primitive {
  return { sql: (args) => text(...args), run: (args) => run(...(args as A[])) }; // the checker gave it arguments of the type
}

export function finite(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null; // + 0 makes -0 a 0
}

export function safeWhole(value: number): number | null {
  return Math.abs(value) < UNSAFE ? value + 0 : null; // NaN is not below
}

/** Ties go away from zero, as SQL's `round` does and `Math.round` does not for negative numbers. */
export function roundHalfAway(value: number): number {
  const cut = Math.trunc(value);
  return Math.abs(value - cut) >= 0.5 ? cut + Math.sign(value) : cut;
}

/** Order of Unicode code points, which is SQL's; JavaScript's `<` orders by UTF-16 unit. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x === y) continue;
    const isSurrogate = [x, y].map((unit) => unit >= 0xd800 && unit <= 0xdfff);
    return isSurrogate[0] === isSurrogate[1] ? x - y : isSurrogate[0] ? 1 : -1;
  }
  return a.length - b.length;
}

export function compare(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  return Number(a) - Number(b);
}

/** SQL of ours that is the same every time; never something a caller typed. */
export function fixedSql(text: string): Sql {
  return { text, params: [] };
}

/**
 * The same without parentheses around the whole of it. Where something is the argument of a call they only add to
 * the nesting, of which parsers of SQL take little: 32 levels where the laptop's Athena reads it.
 */
export function withoutParens(inner: Sql): Sql {
  const { text } = inner;
  if (!text.startsWith('(')) return inner;
  let depth = 0;
  let isQuoted = false;
  for (let i = 0; i < text.length - 1; i++) {
    if (text[i] === "'") isQuoted = !isQuoted; // a doubled quote switches twice
    if (isQuoted) continue;
    if (text[i] === '(') depth++;
    if (text[i] === ')') depth--;
    if (depth === 0) return inner; // what opens first closes before the end
  }
  return { text: text.slice(1, -1), params: inner.params };
}

/** Calls a SQL function by its name. */
export function call(name: string): (...args: Sql[]) => Sql {
  return (...args) => sql`${fixedSql(name)}(${listSql(args.map(withoutParens))})`;
}

export function infix(operator: string): (...args: Sql[]) => Sql {
  return (...args) => sql`(${joinSql(args, ` ${operator} `)})`;
}
