import { type Sql, sql } from '../sql/sql.ts';
import type { CastTarget } from './expression.ts';
import {
  compare,
  fixedSql,
  float,
  infix,
  type Primitive,
  plain,
  roundHalfAway,
  whole,
  withoutParens,
} from './primitives.ts';
import type { ArithmeticOperator } from './typed-expression.ts';

/** Two operands of the same type; the result is null when it is not exact (int64) or not finite (float64). */
export const ARITHMETIC: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? Number.NaN : a / b),
  '%': (a, b) => a % b,
};

export const COMPARISONS = {
  '=': plain((a, b) => a === b, infix('=')),
  '<>': plain((a, b) => a !== b, infix('<>')),
  '<': plain((a, b) => compare(a, b) < 0, infix('<')),
  '<=': plain((a, b) => compare(a, b) <= 0, infix('<=')),
  '>': plain((a, b) => compare(a, b) > 0, infix('>')),
  '>=': plain((a, b) => compare(a, b) >= 0, infix('>=')),
} as const;

export const NOT = plain<boolean>(
  (a) => !a,
  (a) => sql`(NOT ${a})`,
);

export const CONCAT = plain<string>((...parts) => parts.join(''), infix('||'));

/** `%` stands for any text, `_` for one code point. */
export function likePrimitive(pattern: string): Primitive {
  const source = [...pattern]
    .map((one) => (one === '%' ? '[\\s\\S]*' : one === '_' ? '[\\s\\S]' : escapeRegExp(one)))
    .join('');
  const regExp = new RegExp(`^${source}$`, 'u');
  return plain<string>(
    (text) => regExp.test(text),
    (text) => sql`(${text} LIKE ${pattern})`,
  );
}

function escapeRegExp(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

const TRUE = quoted('true');
const FALSE = quoted('false');
const WHOLE_TEXT = '^[+-]?[0-9]{1,18}$';
const NUMBER_TEXT = '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,4})?$';

/**
 * Casts by source and target type. Text that does not spell a value of the target is null; numbers become whole by
 * rounding, ties away from zero; a whole number is true unless it is 0. Casts that engines print differently
 * (float64 and timestamps to text) do not exist.
 */
export const CASTS: Readonly<Record<string, Primitive | undefined>> = {
  'string>int64': whole(
    (text) => spelled(WHOLE_TEXT, String(text)),
    (text) => sql`TRY_CAST(regexp_extract(${text}, ${quoted(WHOLE_TEXT)}) AS bigint)`,
  ),
  'string>float64': float(
    (text) => spelled(NUMBER_TEXT, String(text)),
    (text) => sql`TRY_CAST(regexp_extract(${text}, ${quoted(NUMBER_TEXT)}) AS double)`,
  ),
  'string>boolean': plain<string>(
    (text) => ({ true: true, false: false })[text.toLowerCase()] ?? null,
    (text) => sql`CASE lower(${text}) WHEN ${TRUE} THEN true WHEN ${FALSE} THEN false END`,
  ),
  'int64>string': plain<number>(
    (value) => String(value),
    (value) => sql`CAST(${value} AS varchar)`,
  ),
  'int64>boolean': plain<number>(
    (value) => value !== 0,
    (value) => sql`(${value} <> 0)`,
  ),
  // the inner cast changes nothing in Athena; it shows the laptop's Athena that it is a double
  'float64>int64': whole(roundHalfAway, (value) => sql`round(CAST(${withoutParens(value)} AS double))`),
  'float64>boolean': plain<number>(
    (value) => value !== 0,
    (value) => sql`(${value} <> 0e0)`,
  ),
  'boolean>int64': plain<boolean>(
    (value) => (value ? 1 : 0),
    (value) => sql`CAST(${value} AS bigint)`,
  ),
  'boolean>float64': plain<boolean>(
    (value) => (value ? 1 : 0),
    (value) => sql`CAST(CAST(${value} AS bigint) AS double)`,
  ),
  'boolean>string': plain<boolean>(
    (value) => String(value),
    (value) => sql`CASE ${value} WHEN true THEN ${TRUE} WHEN false THEN ${FALSE} END`,
  ),
  'timestamp>int64': plain<number>(
    (value) => value,
    (value) => value,
  ),
};

/** Targets that a type can be cast to, besides itself. */
export function castTargetsOf(from: string): readonly CastTarget[] {
  return (['int64', 'float64', 'string', 'boolean'] as const).filter((to) => CASTS[`${from}>${to}`] !== undefined);
}

function quoted(constant: string): Sql {
  return fixedSql(`'${constant}'`);
}

/** NaN, which becomes null, when the text does not spell a number. */
function spelled(pattern: string, text: string): number {
  return new RegExp(pattern).test(text) ? Number(text) : Number.NaN;
}
