import type { DuckDBConnection } from '@duckdb/node-api';
import type { Caller, Region } from '../../service.ts';
import type { GlueColumn, GlueTable } from '../glue/catalog.ts';
import { duckdbType } from './glue-type.ts';
import { quoteName, quoteText } from './sql-text.ts';
import { QueryError } from './sql-tree.ts';
import { type TableFiles, tableFiles } from './table-files.ts';

/** A table of the catalog, readable by DuckDB. */
export interface Relation {
  /** A SELECT with the table's columns, in their types, then its partition keys. */
  readonly select: string;
  readonly sizeBytes: number;
  readonly fileCount: number;
}

/**
 * Makes a table readable: columns are found by name, whatever their case, and cast to the type the catalog says; a
 * column that no file has is NULL; a table without files has no rows. Only the columns and files a query needs are
 * read, since DuckDB pushes both through the SELECT.
 */
export async function relationOf(
  region: Region,
  connection: DuckDBConnection,
  table: GlueTable,
  caller: Caller,
): Promise<Relation> {
  const found = tableFiles(region, table);
  authorizeFiles(region, table, found, caller);
  const columns = table.StorageDescriptor?.Columns ?? [];
  if (found.files.length === 0) return { select: emptySelect(table, columns), sizeBytes: 0, fileCount: 0 };
  const source = await scanOf(connection, table, found);
  const values = columns.map((column) => {
    const expression = source.column(column);
    return `CAST(${expression ?? 'NULL'} AS ${duckdbType(column.Type)}) AS ${quoteName(column.Name.toLowerCase())}`;
  });
  const keys = (table.PartitionKeys ?? []).map(
    (key, index) =>
      `CAST(${partitionValue(found, index)} AS ${duckdbType(key.Type)}) AS ${quoteName(key.Name.toLowerCase())}`,
  );
  return {
    select: `SELECT ${[...values, ...keys].join(', ')} FROM ${source.from}`,
    sizeBytes: found.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    fileCount: found.files.length,
  };
}

/** Athena reads the table with the caller's own permissions: the listing, and each folder's files. */
function authorizeFiles(region: Region, table: GlueTable, { files }: TableFiles, caller: Caller): void {
  const [, bucket = '', prefix = ''] = /^s3:\/\/([^/]+)\/?(.*)$/s.exec(table.StorageDescriptor?.Location ?? '') ?? [];
  region.authorize(caller, 's3:ListBucket', `arn:aws:s3:::${bucket}`, { 's3:prefix': prefix });
  const folders = new Map(files.map(({ key }) => [key.slice(0, key.lastIndexOf('/') + 1), key]));
  for (const key of folders.values()) region.authorize(caller, 's3:GetObject', `arn:aws:s3:::${bucket}/${key}`);
}

function emptySelect(table: GlueTable, columns: readonly GlueColumn[]): string {
  const all = [...columns, ...(table.PartitionKeys ?? [])];
  const nulls = all.map(({ Name, Type }) => `CAST(NULL AS ${duckdbType(Type)}) AS ${quoteName(Name.toLowerCase())}`);
  return `SELECT ${nulls.join(', ')} WHERE false`;
}

/** The key's text out of the path; DuckDB prunes files by conditions on it before it opens them. */
function partitionValue({ pathPattern }: TableFiles, index: number): string {
  const text = `url_decode(regexp_extract(filename, ${quoteText(pathPattern)}, ${index + 1}))`;
  return `nullif(${text}, '__HIVE_DEFAULT_PARTITION__')`;
}

interface Scan {
  readonly from: string;
  /** SQL of the column's value; undefined when the files do not have it. */
  column(column: GlueColumn): string | undefined;
}

async function scanOf(connection: DuckDBConnection, table: GlueTable, { files }: TableFiles): Promise<Scan> {
  const list = `[${files.map(({ path }) => quoteText(path.replace(/[*?[]/g, '[$&]'))).join(', ')}]`;
  const serde = table.StorageDescriptor?.SerdeInfo?.SerializationLibrary ?? '';
  if (/parquet/i.test(serde)) return parquetScan(connection, list);
  if (/json/i.test(serde)) return jsonScan(connection, table, list);
  if (/LazySimpleSerDe|OpenCSVSerde/i.test(serde)) return textScan(table, list);
  throw new QueryError(
    `NOT_SUPPORTED: the laptop's Athena reads Parquet, JSON and text tables; ${table.Name} has the SerDe "${serde}"`,
  );
}

async function parquetScan(connection: DuckDBConnection, list: string): Promise<Scan> {
  const from = `read_parquet(${list}, union_by_name = true, filename = true, hive_partitioning = false)`;
  return { from, column: await columnsByName(connection, from) };
}

/** One JSON document a line; members are matched whatever their case, as the JSON SerDes do by default. */
async function jsonScan(connection: DuckDBConnection, table: GlueTable, list: string): Promise<Scan> {
  const options = "format = 'newline_delimited', filename = true, hive_partitioning = false";
  const sampled = await columnsByName(connection, `read_json(${list}, ${options}, union_by_name = true)`);
  const columns = table.StorageDescriptor?.Columns ?? [];
  const members = columns.flatMap((column) => {
    const member = sampled(column);
    return member === undefined ? [] : [`${member}: ${quoteText(duckdbType(column.Type))}`];
  });
  const typed = members.length === 0 ? '' : `, columns = {${members.join(', ')}}`;
  const ignore = table.StorageDescriptor?.SerdeInfo?.Parameters?.['ignore.malformed.json'] === 'true';
  return { from: `read_json(${list}, ${options}${typed}, ignore_errors = ${ignore})`, column: sampled };
}

/** Fields by position. LazySimpleSerDe makes NULL of what it can not read; OpenCSVSerde fails. */
function textScan(table: GlueTable, list: string): Scan {
  const { SerdeInfo, Columns = [], Parameters } = table.StorageDescriptor ?? {};
  const serde = SerdeInfo?.Parameters ?? {};
  const isLazy = /LazySimpleSerDe/i.test(SerdeInfo?.SerializationLibrary ?? '');
  const delimiter = serde['field.delim'] ?? serde['separatorChar'] ?? (isLazy ? '\u0001' : ',');
  const quote = isLazy ? '' : (serde['quoteChar'] ?? '"');
  const skip = Number((table.Parameters ?? Parameters)?.['skip.header.line.count'] ?? 0);
  const fields = Columns.map((_, index) => `'c${index}': 'VARCHAR'`).join(', ');
  const options = [
    `columns = {${fields}}`,
    'auto_detect = false',
    'header = false',
    `skip = ${skip}`,
    `delim = ${quoteText(delimiter)}`,
    `quote = ${quoteText(quote)}`,
    `escape = ${quoteText(isLazy ? '' : quote)}`,
    `nullstr = ${quoteText(isLazy ? '\\N' : '')}`,
    'null_padding = true',
    'filename = true',
    'hive_partitioning = false',
  ];
  return {
    from: `read_csv(${list}, ${options.join(', ')})`,
    column: (column) => {
      const field = `c${Columns.indexOf(column)}`;
      return isLazy ? `TRY_CAST(${field} AS ${duckdbType(column.Type)})` : field;
    },
  };
}

async function columnsByName(connection: DuckDBConnection, from: string): Promise<Scan['column']> {
  const described = await connection.run(`SELECT * FROM ${from} LIMIT 0`);
  const actual = new Map(described.columnNames().map((name) => [name.toLowerCase(), quoteName(name)]));
  return (column) => actual.get(column.Name.toLowerCase());
}
