import { generate, parse, transpile } from '@polyglot-sql/sdk';
import { AwsError } from '../../service.ts';

/**
 * A node of the parser's tree: JSON. An expression is an object with one member, the name of its kind; what it holds
 * is under that name.
 */
export type Tree = null | string | number | boolean | readonly Tree[] | { readonly [member: string]: Tree };
export type TreeObject = { readonly [member: string]: Tree };

// The SDK types its dialects as an enum whose values are these words. Not 'athena', whose Hive half would read a
// backslash in a string as an escape; queries are Trino's.
const ATHENA = 'trino' as Parameters<typeof parse>[1];
const DUCKDB = 'duckdb' as Parameters<typeof parse>[1];

/** A failure of the query itself, told in the execution's state and not as a refusal of the call. */
export class QueryError extends Error {}

/**
 * The tree of one statement.
 *
 * @throws AwsError InvalidRequestException for text that is not one statement of Athena
 */
export function parseStatement(sql: string): TreeObject {
  const parsed = parse(sql, ATHENA);
  if (!parsed.success) {
    throw new AwsError('InvalidRequestException', `line 1:1: mismatched input: ${parsed.error}`, 400, {
      AthenaErrorCode: 'MALFORMED_QUERY',
    });
  }
  const statements = parsed.ast as unknown as readonly TreeObject[]; // the SDK declares the tree as any
  if (statements.length === 1) return statements[0]!;
  throw new AwsError(
    'InvalidRequestException',
    `Only one sql statement is allowed. Got: ${statements.length} statements`,
    400,
    { AthenaErrorCode: 'MALFORMED_QUERY' },
  );
}

/** Text of the tree in DuckDB's dialect. */
export function duckdbText(statement: TreeObject): string {
  const written = generate([statement], ATHENA);
  const text = written.success ? written.sql?.[0] : undefined;
  if (text === undefined) throw new QueryError(`NOT_SUPPORTED: ${written.error}`);
  const moved = transpile(text, ATHENA!, DUCKDB!);
  const duckdb = moved.success ? moved.sql?.[0] : undefined;
  if (duckdb === undefined) throw new QueryError(`NOT_SUPPORTED: ${moved.error}`);
  return duckdb;
}

export function isObject(tree: Tree | undefined): tree is TreeObject {
  return typeof tree === 'object' && tree !== null && !Array.isArray(tree);
}

/** Kind and content of an expression; undefined for a part of one. */
export function kindOf(tree: TreeObject): readonly [kind: string, content: TreeObject] | undefined {
  const members = Object.entries(tree);
  const [only] = members;
  return members.length === 1 && only !== undefined && isObject(only[1]) ? [only[0], only[1]] : undefined;
}

/** A plain call of a function. */
export function call(name: string, args: readonly Tree[]): TreeObject {
  return {
    function: {
      name,
      args,
      distinct: false,
      trailing_comments: [],
      use_bracket_syntax: false,
      no_parens: false,
      quoted: false,
    },
  };
}

export function identifier(name: string): TreeObject {
  return { name, quoted: true, trailing_comments: [] };
}
