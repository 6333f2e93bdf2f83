import type { DuckDBConnection } from '@duckdb/node-api';
import { quoteName } from './sql-text.ts';
import { isObject, kindOf, QueryError, type Tree, type TreeObject } from './sql-tree.ts';

/** Mark of a column that the query gave no name; Athena calls it `_col` and its place. */
const UNNAMED = '_col:';

/** A query whose columns have Athena's names and types, ready to be written out. */
export interface OutputQuery {
  readonly sql: string;
  readonly names: readonly string[];
  /** DuckDB's types. */
  readonly types: readonly string[];
}

/** Names the unnamed columns of a query, so that DuckDB's own names for them never show. */
export function markUnnamedColumns(query: TreeObject): TreeObject {
  const [kind, content] = kindOf(query) ?? ['', {}];
  if (kind === 'union' || kind === 'except' || kind === 'intersect') {
    const left = content['left'];
    return isObject(left) ? { [kind]: { ...content, left: markUnnamedColumns(left) } } : query;
  }
  if (kind === 'subquery' && isObject(content['this'])) {
    return { subquery: { ...content, this: markUnnamedColumns(content['this']) } };
  }
  const expressions = content['expressions'];
  if (kind !== 'select' || !Array.isArray(expressions)) return query;
  return { select: { ...content, expressions: (expressions as readonly Tree[]).map(named) } };
}

function named(expression: Tree): Tree {
  const kind = isObject(expression) ? kindOf(expression)?.[0] : undefined;
  if (kind === undefined || ['alias', 'column', 'dot', 'star'].includes(kind)) return expression;
  return {
    alias: {
      this: expression,
      alias: { name: UNNAMED, quoted: true, trailing_comments: [] },
      column_aliases: [],
      pre_alias_comments: [],
      trailing_comments: [],
    },
  };
}

/**
 * Gives the query's columns lower-case names, and HUGEINT, which DuckDB makes of SUM over bigint, the bigint that
 * Trino makes; a sum beyond a bigint fails in both. The order of rows is kept.
 *
 * @param allowsDuplicates whether two columns may share a name: in a CSV result yes, in a file with a schema no
 */
export async function outputQuery(
  connection: DuckDBConnection,
  sql: string,
  allowsDuplicates: boolean,
): Promise<OutputQuery> {
  const described = await connection.runAndReadAll(`DESCRIBE ${sql}`);
  const columns = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
  const names = columns.map(({ name }, index) =>
    /^_col:(_\d+)?$/.test(name) || /^col\d+$/.test(name) ? `_col${index}` : name.toLowerCase(),
  );
  const duplicate = names.find((name, index) => names.indexOf(name) !== index);
  if (duplicate !== undefined && !allowsDuplicates) {
    throw new QueryError(`DUPLICATE_COLUMN_NAME: line 1:1: Column name '${duplicate}' specified more than once`);
  }
  const types = columns.map(({ type }) =>
    type === 'HUGEINT' ? 'BIGINT' : type === 'TIMESTAMP_MS' ? 'TIMESTAMP' : type,
  );
  const inner = columns.map((_, index) => `c${index}`);
  const values = columns.map(({ type }, index) => {
    const value = type === types[index] ? inner[index] : `CAST(${inner[index]} AS ${types[index]})`;
    return `${value} AS ${quoteName(names[index]!)}`;
  });
  return { sql: `SELECT ${values.join(', ')} FROM (${sql}) AS q(${inner.join(', ')})`, names, types };
}
