import { QueryError } from './sql-tree.ts';

const SIMPLE: Readonly<Record<string, string>> = {
  string: 'VARCHAR',
  varchar: 'VARCHAR',
  char: 'VARCHAR',
  bigint: 'BIGINT',
  int: 'INTEGER',
  integer: 'INTEGER',
  smallint: 'SMALLINT',
  tinyint: 'TINYINT',
  double: 'DOUBLE',
  float: 'FLOAT',
  real: 'FLOAT',
  boolean: 'BOOLEAN',
  date: 'DATE',
  timestamp: 'TIMESTAMP',
  binary: 'BLOB',
};

/** DuckDB's type for a Hive type of the Glue catalog, nested types included. */
export function duckdbType(hiveType: string): string {
  const text = hiveType.trim();
  const nested = /^(array|map|struct)\s*<(.*)>$/is.exec(text);
  if (nested !== null) return nestedType(nested[1]!.toLowerCase(), splitAtDepthZero(nested[2]!), text);
  const decimal = /^decimal(?:\((\d+)(?:,\s*(\d+))?\))?$/i.exec(text);
  if (decimal !== null) return `DECIMAL(${decimal[1] ?? 10}, ${decimal[2] ?? 0})`;
  const simple = SIMPLE[text.replace(/\s*\(.*\)$/, '').toLowerCase()];
  if (simple !== undefined) return simple;
  throw new QueryError(
    `HIVE_INVALID_METADATA: unknown column type "${hiveType}"; known are ${Object.keys(SIMPLE).join(', ')}, decimal, array<>, map<>, struct<>`,
  );
}

function nestedType(kind: string, parts: readonly string[], text: string): string {
  const [first = '', second = ''] = parts;
  if (kind === 'array' && parts.length === 1) return `${duckdbType(first)}[]`;
  if (kind === 'map' && parts.length === 2) return `MAP(${duckdbType(first)}, ${duckdbType(second)})`;
  if (kind === 'struct' && first !== '') {
    const fields = parts.map((field) => {
      const colon = field.indexOf(':');
      return `"${field.slice(0, colon).trim().replaceAll('"', '""')}" ${duckdbType(field.slice(colon + 1))}`;
    });
    return `STRUCT(${fields.join(', ')})`;
  }
  throw new QueryError(`HIVE_INVALID_METADATA: malformed column type "${text}"`);
}

function splitAtDepthZero(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '<' || char === '(') depth++;
    if (char === '>' || char === ')') depth--;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts.map((part) => part.trim());
}

/** Hive type for a column type of a DuckDB result, for tables made by CREATE TABLE AS. */
export function hiveType(duckdb: string): string {
  if (duckdb.startsWith('DECIMAL')) return duckdb.toLowerCase();
  const found = Object.entries(SIMPLE).find(([, type]) => type === duckdb);
  if (found !== undefined) return found[0];
  if (duckdb.endsWith('[]')) return `array<${hiveType(duckdb.slice(0, -2))}>`;
  throw new QueryError(`NOT_SUPPORTED: a column of type ${duckdb} can not be kept in a table; cast it`);
}
