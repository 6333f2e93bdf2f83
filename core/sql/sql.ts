import { BugError, InvalidInputError } from '../errors.ts';

/** A statement or a part of one, in Athena's dialect (Trino): text with a `?` for each parameter, in order. */
export interface Sql {
  readonly text: string;
  readonly params: readonly SqlParam[];
}

export type SqlParam = string | number | boolean;

/** Longest parameter Athena takes. Source: StartQueryExecution, `ExecutionParameters`. */
const MAX_PARAM_LENGTH = 1_024;

/**
 * Template tag: parts that are `Sql` are put in place, every other value becomes a parameter.
 * The template's own text may hold neither a quoted string nor a `?`: values never become text. Line breaks and
 * indentation become single spaces.
 */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Sql | SqlParam)[]): Sql {
  let text = '';
  const params: SqlParam[] = [];
  strings.forEach((chunk, i) => {
    if (/['?]/.test(chunk)) throw new BugError(`a literal in the text of a statement: ${chunk}`);
    text += chunk.replace(/\s+/g, ' ');
    const part = parts[i];
    if (part === undefined) return;
    if (typeof part === 'object') {
      text += part.text;
      params.push(...part.params);
    } else {
      text += '?';
      params.push(part);
    }
  });
  return { text, params };
}

/** Text that is part of the platform's own code: keywords, functions, types. Never anything a person gave. */
export function rawSql(text: string): Sql {
  return { text, params: [] };
}

/** The parts in order, with a separator between them. */
export function joinSql(parts: readonly Sql[], separator: string): Sql {
  return { text: parts.map((part) => part.text).join(separator), params: parts.flatMap((part) => part.params) };
}

export function listSql(parts: readonly Sql[]): Sql {
  return joinSql(parts, ', ');
}

/**
 * A column or table by its quoted name. Names follow a grammar (lower case, digits, underscore; at most 128), so that
 * quoting never has to escape anything.
 *
 * @throws InvalidInputError for any other name
 */
export function nameSql(name: string, of?: string): Sql {
  const quoted = [of, name].filter((part) => part !== undefined).map(quoteName);
  return { text: quoted.join('.'), params: [] };
}

/** Rows of one number each, as a table to cross join with: `(values (0), (1)) alias ("column")`, of type bigint. */
export function numbersSql(numbers: readonly number[], alias: string, column: string): Sql {
  const rows = listSql(numbers.map((number) => sql`(${bigintSql(number)})`));
  return sql`(values ${rows}) ${rawSql(alias)} (${nameSql(column)})`;
}

/** A whole number written as digits: constants of the plan, which can hold nothing but digits. */
export function wholeSql(value: number): Sql {
  if (!Number.isSafeInteger(value)) throw new BugError(`not a whole number: ${value}`);
  return { text: value < 0 ? `(${value})` : String(value), params: [] };
}

/** The same as a bigint; Athena takes small digits for an integer. */
export function bigintSql(value: number): Sql {
  return sql`cast(${wholeSql(value)} as bigint)`;
}

/**
 * The parameters as Athena's `ExecutionParameters`: each one a literal of its dialect. Whole numbers are integers;
 * others carry an exponent, because `1.5` would be a decimal.
 *
 * @throws InvalidInputError for text longer than Athena takes and for numbers that are not finite
 */
export function athenaLiterals(params: readonly SqlParam[]): readonly string[] {
  return params.map((param) => {
    const literal = athenaLiteral(param);
    if (literal.length > MAX_PARAM_LENGTH) {
      throw new InvalidInputError(
        `a text of ${literal.length} characters in a query: ${literal.slice(0, 40)}…; at most ${MAX_PARAM_LENGTH} are allowed`,
        { length: literal.length, maxLength: MAX_PARAM_LENGTH },
      );
    }
    return literal;
  });
}

function athenaLiteral(param: SqlParam): string {
  if (typeof param === 'string') return `'${param.replaceAll("'", "''")}'`;
  if (typeof param === 'boolean') return String(param);
  if (Number.isSafeInteger(param) && !Object.is(param, -0)) return String(param);
  if (!Number.isFinite(param)) throw new InvalidInputError(`not a finite number in a query: ${param}`);
  return Object.is(param, -0) ? '-0E0' : param.toExponential().replace('e', 'E');
}

function quoteName(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,127}$/.test(name)) {
    throw new InvalidInputError(
      `"${name}" cannot name a column or table: allowed are up to 128 lower-case letters, digits and underscores, a letter first`,
      { name },
    );
  }
  return `"${name}"`;
}
