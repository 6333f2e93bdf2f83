import {
  DuckDBBlobValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
} from '@duckdb/node-api';
import { QueryError } from './sql-tree.ts';

/** Writes a value of one column as Athena writes it into its CSV result; undefined for NULL. */
export type ResultFormat = (value: DuckDBValue) => string | undefined;

/** The format for a column's type. Nested values are written like top-level ones, with `null` for NULL. */
export function resultFormat(type: DuckDBType): ResultFormat {
  const write = writer(type);
  return (value) => (value === null || value === undefined ? undefined : write(value));
}

function writer(type: DuckDBType): (value: DuckDBValue) => string {
  if (type instanceof DuckDBListType) {
    const item = nested(type.valueType);
    return (value) => (value instanceof DuckDBListValue ? `[${value.items.map(item).join(', ')}]` : String(value));
  }
  if (type instanceof DuckDBMapType) {
    const [key, item] = [nested(type.keyType), nested(type.valueType)];
    const entry = (one: DuckDBMapValue['entries'][number]) => `${key(one.key)}=${item(one.value)}`;
    return (value) => (value instanceof DuckDBMapValue ? `{${value.entries.map(entry).join(', ')}}` : String(value));
  }
  if (type instanceof DuckDBStructType) {
    const fields = type.entryTypes.map(nested);
    const named = type.entryNames;
    // DuckDB's API hands fields over by name, so those without one would hide each other
    if (named.includes('')) {
      throw new QueryError(
        "NOT_SUPPORTED: the laptop's Athena shows rows whose fields have names: CAST(ROW(…) AS ROW(a bigint, …))",
      );
    }
    return (value) => {
      if (!(value instanceof DuckDBStructValue)) return String(value);
      const values = Object.values(value.entries);
      return `{${named.map((name, index) => `${name}=${fields[index]!(values[index] ?? null)}`).join(', ')}}`;
    };
  }
  return (value) => scalar(type, value);
}

function nested(type: DuckDBType): (value: DuckDBValue) => string {
  const format = resultFormat(type);
  return (value) => format(value) ?? 'null';
}

function scalar(type: DuckDBType, value: DuckDBValue): string {
  if (typeof value === 'number') {
    if (type.typeId === DuckDBTypeId.DOUBLE) return javaDouble(value);
    return type.typeId === DuckDBTypeId.FLOAT ? javaDouble(shortestFloat(value)) : String(value);
  }
  if (value instanceof DuckDBTimestampValue) return milliseconds(value.micros);
  if (value instanceof DuckDBTimestampTZValue) return `${milliseconds(value.micros)} UTC`;
  if (value instanceof DuckDBBlobValue) {
    return [...value.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  }
  return String(value);
}

/** The double with the fewest digits that is still the same single-precision number. */
function shortestFloat(value: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

function milliseconds(micros: bigint): string {
  const ms = Number(micros / 1000n - (micros % 1000n < 0n ? 1n : 0n));
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}

/** The text of Java's `Double.toString`: shortest digits, with an exponent outside 10^-3 to 10^7. */
function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

/** Athena's name for a column type of DuckDB. */
export function athenaType(duckdb: string): string {
  const known: Readonly<Record<string, string>> = {
    BOOLEAN: 'boolean',
    TINYINT: 'tinyint',
    SMALLINT: 'smallint',
    INTEGER: 'integer',
    BIGINT: 'bigint',
    DOUBLE: 'double',
    FLOAT: 'float',
    DATE: 'date',
    TIMESTAMP: 'timestamp',
    'TIMESTAMP WITH TIME ZONE': 'timestamp with time zone',
    BLOB: 'varbinary',
    JSON: 'json',
  };
  if (duckdb.endsWith(']')) return 'array';
  const [name = ''] = duckdb.split('(');
  if (name === 'DECIMAL' || name === 'MAP') return name.toLowerCase();
  return name === 'STRUCT' ? 'row' : (known[name] ?? 'varchar');
}
