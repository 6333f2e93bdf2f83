import { DAY_MS, HOUR_MS } from '../clock.ts';
import type { ValueType } from '../definitions/value-type.ts';
import { joinSql, type Sql, sql } from '../sql/sql.ts';
import { lowerText, upperText } from './letter-case.ts';
import {
  bounded,
  call,
  compare,
  fixedSql,
  float,
  type Primitive,
  plain,
  roundHalfAway,
  withoutParens,
} from './primitives.ts';

/** `number` keeps int64 or float64 as given; `int64 literal` is a whole number written out, at least `atLeast`. */
export type ParameterType = ValueType | 'number';

/** A function of an expression with fixed parameters. Those that treat nulls or types specially are in check-expression.ts. */
export interface ScalarFunction {
  readonly parameters: readonly ParameterType[];
  /** Null: the type of the first argument. */
  readonly result: ValueType | null;
  readonly primitive: (argument: ValueType) => Primitive;
}

const identity = plain(
  (value) => value,
  (value) => value,
);

const boundedFloat = (run: (a: number) => number, text: (a: Sql) => Sql): ScalarFunction => ({
  parameters: ['float64'],
  result: 'float64',
  primitive: () => bounded(run, text),
});

const keepsWhole = (run: (a: number) => number, name: string): ScalarFunction => ({
  parameters: ['number'],
  result: null,
  primitive: (type) => (type === 'int64' ? identity : bounded(run, (a) => call(name)(asDouble(a)))),
});

const ofText = (
  run: (text: string) => string | number,
  text: (...args: Sql[]) => Sql,
  result: ValueType,
): ScalarFunction => ({
  parameters: ['string'],
  result,
  primitive: () => plain<string>(run, text),
});

/** Changes nothing in Athena; it shows the laptop's Athena that what is around it is computed in doubles. */
const asDouble = (value: Sql): Sql => sql`CAST(${withoutParens(value)} AS double)`;

/** Whole days since the epoch, downwards, as a double. No session time zone takes part. */
const epochDay = (ms: Sql): Sql => sql`floor(${asDouble(ms)} / 864e5)`;

const ofDate = (run: (date: Date) => number, name: string): ScalarFunction =>
  ofInstant(
    (ms) => run(new Date(ms)),
    (ms) => sql`CAST(${fixedSql(name)}(${EPOCH} + CAST(${epochDay(ms)} AS bigint) * ${ONE_DAY}) AS bigint)`,
  );

function ofInstant(run: (ms: number) => number, text: (ms: Sql) => Sql): ScalarFunction {
  return { parameters: ['timestamp'], result: 'int64', primitive: () => plain(run, text) };
}

const EPOCH = fixedSql("DATE '1970-01-01'");
const ONE_DAY = fixedSql("INTERVAL '1' DAY");
const EMPTY = fixedSql("''");
const TRIMMED = fixedSql("'[^ \t\r\n](?s:.*[^ \t\r\n])?'");

const mod = (a: number, b: number): number => ((a % b) + b) % b;

export const SCALAR_FUNCTIONS: Readonly<Record<string, ScalarFunction | undefined>> = {
  abs: {
    parameters: ['number'],
    result: null,
    primitive: () => plain(Math.abs, call('abs')),
  },
  floor: keepsWhole(Math.floor, 'floor'),
  ceil: keepsWhole(Math.ceil, 'ceil'),
  ln: boundedFloat(
    (a) => (a > 0 ? Math.log(a) : Number.NaN),
    (a) => sql`CASE WHEN ${a} > 0e0 THEN ln(${a}) END`,
  ),
  exp: { parameters: ['float64'], result: 'float64', primitive: () => float(Math.exp, call('exp')) },
  sqrt: boundedFloat(Math.sqrt, (a) => sql`CASE WHEN ${a} >= 0e0 THEN sqrt(${a}) END`),
  power: {
    parameters: ['float64', 'float64'],
    result: 'float64',
    primitive: () =>
      float(
        (a, b) => a ** b,
        (a, b) => sql`CASE WHEN ${a} >= 0e0 OR ${b} = floor(${asDouble(b)}) THEN power(${a}, ${b}) END`,
      ),
  },
  lower: ofText(lowerText, call('lower'), 'string'),
  upper: ofText(upperText, call('upper'), 'string'),
  trim: ofText(
    (text) => /[^ \t\r\n](?:[\s\S]*[^ \t\r\n])?/.exec(text)?.[0] ?? '',
    (text) => sql`CASE WHEN ${text} IS NOT NULL THEN coalesce(regexp_extract(${text}, ${TRIMMED}), ${EMPTY}) END`,
    'string',
  ),
  length: ofText((text) => [...text].length, call('length'), 'int64'),
  starts_with: {
    parameters: ['string', 'string'],
    result: 'boolean',
    primitive: () => plain<string>((text, start) => text.startsWith(start), call('starts_with')),
  },
  year: ofDate((date) => date.getUTCFullYear(), 'year'),
  month: ofDate((date) => date.getUTCMonth() + 1, 'month'),
  day: ofDate((date) => date.getUTCDate(), 'day'),
  hour: ofInstant(
    (ms) => Math.floor(mod(ms, DAY_MS) / HOUR_MS),
    (ms) => sql`CAST(floor(${asDouble(ms)} / 36e5) - ${epochDay(ms)} * 24e0 AS bigint)`,
  ),
  day_of_week: ofInstant(
    (ms) => mod(Math.floor(ms / DAY_MS) + 3, 7) + 1, // the epoch was a Thursday
    (ms) => sql`CAST(${epochDay(ms)} + 4e0 - floor((${epochDay(ms)} + 3e0) / 7e0) * 7e0 AS bigint)`,
  ),
};

/** Functions whose arguments or nulls need more than a list of types; see check-expression.ts. */
const SPECIAL_FUNCTIONS = ['round', 'least', 'greatest', 'coalesce', 'nullif', 'concat', 'substr'] as const;
export type SpecialFunction = (typeof SPECIAL_FUNCTIONS)[number];

export const SCALAR_FUNCTION_NAMES: readonly string[] = [...Object.keys(SCALAR_FUNCTIONS), ...SPECIAL_FUNCTIONS].sort();

export function isFunctionName(name: string): boolean {
  return SCALAR_FUNCTION_NAMES.includes(name);
}

/** Rounds float64 to `digits` decimals, ties away from zero: round(x * 10^digits) / 10^digits. */
export function roundPrimitive(digits: number): Primitive {
  if (digits === 0) return bounded(roundHalfAway, call('round'));
  const factor = 10 ** digits;
  return float(
    (a) => roundHalfAway(a * factor) / factor,
    (a) => sql`round(${a} * ${fixedSql(`1e${digits}`)}) / ${fixedSql(`1e${digits}`)}`,
  );
}

/** `start` counts code points from 1; without `length` up to the end. */
export function substrPrimitive(start: number, length: number | null): Primitive {
  const end = length === null ? undefined : start - 1 + length;
  const bounds = length === null ? [fixedSql(String(start))] : [fixedSql(String(start)), fixedSql(String(length))];
  return plain<string>(
    (text) => [...text].slice(start - 1, end).join(''),
    (text) => call('substr')(text, ...bounds),
  );
}

/** Null as soon as one argument is, spelled out because engines disagree on it. */
export function extremePrimitive(name: 'least' | 'greatest'): Primitive {
  const sign = name === 'least' ? 1 : -1;
  return plain(
    (...args) => args.reduce((best, one) => (sign * compare(one, best) < 0 ? one : best)),
    (...args) => {
      const anyNull = joinSql(
        args.map((arg) => sql`${arg} IS NULL`),
        ' OR ',
      );
      return sql`CASE WHEN ${anyNull} THEN NULL ELSE ${call(name)(...args)} END`;
    },
  );
}
