import { AwsError } from '../../service.ts';
import { closingParenthesis, unquote, withoutComments } from './sql-text.ts';
import { isObject, kindOf, parseStatement, type Tree, type TreeObject } from './sql-tree.ts';

/** What `WITH (…)` says about the files that are written. */
export interface FileOptions {
  readonly format: 'PARQUET' | 'JSON' | 'TEXTFILE';
  /** In lower case; `none` keeps bytes as they are. */
  readonly compression: string;
  readonly partitionedBy: readonly string[];
  readonly fieldDelimiter: string;
}

/** A table as a statement names it. */
export interface TableName {
  /** Undefined means the database of the query's context. */
  readonly database: string | undefined;
  readonly table: string;
}

export type Statement =
  | { readonly kind: 'select'; readonly query: TreeObject }
  | { readonly kind: 'unload'; readonly query: TreeObject; readonly target: string; readonly options: FileOptions }
  | {
      readonly kind: 'create-table-as';
      readonly query: TreeObject;
      readonly into: TableName;
      readonly externalLocation: string | undefined;
      readonly options: FileOptions;
    }
  | {
      readonly kind: 'insert';
      readonly query: TreeObject;
      readonly into: TableName;
      /** Empty means all columns, in the table's order. */
      readonly columns: readonly string[];
    };

const QUERIES = new Set(['select', 'union', 'except', 'intersect', 'values', 'subquery']);

/**
 * Reads one statement. The laptop's Athena runs queries, UNLOAD, CREATE TABLE AS and INSERT INTO; tables come from
 * the templates, so other statements are refused.
 *
 * @throws AwsError InvalidRequestException
 */
export function readStatement(text: string): Statement {
  const sql = withoutComments(text);
  if (/^unload\s*\(/i.test(sql)) return readUnload(sql);
  const root = parseStatement(sql);
  const [kind, content] = kindOf(root) ?? ['', {}];
  if (QUERIES.has(kind)) return { kind: 'select', query: root };
  if (kind === 'insert' && isObject(content['query']) && isObject(content['table'])) {
    const columns = Array.isArray(content['columns']) ? (content['columns'] as readonly TreeObject[]) : [];
    return {
      kind: 'insert',
      query: content['query'],
      into: tableName(content['table']),
      columns: columns.map(({ name }) => String(name).toLowerCase()),
    };
  }
  if (kind === 'create_table' && isObject(content['as_select']) && isObject(content['name'])) {
    const properties = Array.isArray(content['with_properties'])
      ? (content['with_properties'] as readonly [string, string][])
      : [];
    const options = new Map(properties.map(([name, value]) => [name.toLowerCase(), value]));
    const location = options.get('external_location');
    return {
      kind: 'create-table-as',
      query: content['as_select'],
      into: tableName(content['name']),
      externalLocation: location === undefined ? undefined : unquote(location),
      options: fileOptions(options),
    };
  }
  throw notSupported(
    "Queries of this type are not supported by the laptop's Athena; it runs SELECT, UNLOAD, CREATE TABLE AS and INSERT INTO",
  );
}

/** UNLOAD is peeled off the text: `UNLOAD (query) TO 's3://…' WITH (format = 'PARQUET', …)`. */
function readUnload(sql: string): Statement {
  const open = sql.indexOf('(');
  const close = closingParenthesis(sql, open);
  const rest =
    close === -1 ? null : /^\s*to\s+('(?:[^']|'')*')\s*(?:with\s*\(([\s\S]*)\))?\s*$/i.exec(sql.slice(close + 1));
  if (rest === null)
    throw malformed("UNLOAD takes the form UNLOAD (SELECT …) TO 's3://bucket/folder/' WITH (format = 'PARQUET')");
  const query = parseStatement(sql.slice(open + 1, close));
  if (!QUERIES.has(kindOf(query)?.[0] ?? '')) throw malformed('UNLOAD takes a query');
  const options = readOptions(rest[2] ?? '');
  if (!options.has('format')) throw malformed('Missing required UNLOAD property: format');
  const target = unquote(rest[1]!);
  if (!/^s3:\/\/[^/]+\//.test(target)) throw malformed(`"${target}" is not an S3 location like s3://bucket/folder/`);
  return { kind: 'unload', query, target: target.endsWith('/') ? target : `${target}/`, options: fileOptions(options) };
}

const OPTION = /\s*(\w+)\s*=\s*('(?:[^']|'')*'|ARRAY\s*\[[^\]]*\]|[\w.]+)\s*(?:,|$)/gi;

function readOptions(text: string): Map<string, string> {
  const found = [...text.matchAll(OPTION)];
  if (found.map(([whole]) => whole).join('') !== text)
    throw malformed(`the properties "${text.trim()}" are not name = value pairs`);
  return new Map(found.map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}

const KNOWN_OPTIONS = [
  'format',
  'compression',
  'write_compression',
  'parquet_compression',
  'partitioned_by',
  'field_delimiter',
  'external_location',
];
const COMPRESSIONS: Readonly<Record<FileOptions['format'], readonly string[]>> = {
  PARQUET: ['gzip', 'snappy', 'zstd', 'none'],
  JSON: ['gzip', 'zstd', 'none'],
  TEXTFILE: ['gzip', 'zstd', 'none'],
};

function fileOptions(options: ReadonlyMap<string, string>): FileOptions {
  const unknown = [...options.keys()].find((name) => !KNOWN_OPTIONS.includes(name));
  if (unknown !== undefined)
    throw malformed(`the laptop's Athena does not know the property ${unknown}; it knows ${KNOWN_OPTIONS.join(', ')}`);
  const text = (name: string) => (options.has(name) ? unquote(options.get(name)!) : undefined);
  const format = (text('format') ?? 'PARQUET').toUpperCase();
  if (format !== 'PARQUET' && format !== 'JSON' && format !== 'TEXTFILE') {
    throw malformed(`the laptop's Athena writes PARQUET, JSON and TEXTFILE, not ${format}`);
  }
  const compression = (
    text('compression') ??
    text('write_compression') ??
    text('parquet_compression') ??
    'gzip'
  ).toLowerCase();
  if (!COMPRESSIONS[format].includes(compression)) {
    throw malformed(
      `compression ${compression} is not possible for ${format}; allowed are ${COMPRESSIONS[format].join(', ')}`,
    );
  }
  const names = options.get('partitioned_by')?.match(/'(?:[^']|'')*'/g) ?? [];
  return {
    format,
    compression,
    partitionedBy: names.map((name) => unquote(name).toLowerCase()),
    fieldDelimiter: text('field_delimiter') ?? '\u0001',
  };
}

function tableName(reference: TreeObject): TableName {
  const name = (tree: Tree | undefined) => (isObject(tree) ? String(tree['name']).toLowerCase() : undefined);
  return { database: name(reference['schema']), table: name(reference['name']) ?? '' };
}

function malformed(message: string): AwsError {
  return new AwsError('InvalidRequestException', message, 400, { AthenaErrorCode: 'MALFORMED_QUERY' });
}

function notSupported(message: string): AwsError {
  return new AwsError('InvalidRequestException', message, 400, { AthenaErrorCode: 'NOT_SUPPORTED' });
}
