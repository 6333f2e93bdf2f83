import { rmSync } from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { AwsError, type Region } from '../../service.ts';
import type { GlueTable } from '../glue/catalog.ts';
import { listFiles } from '../s3/listing.ts';
import { adoptFile, incomingPath, parseS3Uri, putObject } from '../s3/object-files.ts';
import { hiveType } from './glue-type.ts';
import { markUnnamedColumns, type OutputQuery, outputQuery } from './output-columns.ts';
import { isInjected } from './partition-projection.ts';
import type { QueryRecord, ResultColumn } from './query-record.ts';
import { type Relation, relationOf } from './relation.ts';
import { writeResultCsv } from './result-csv.ts';
import { athenaType } from './result-value.ts';
import { scannedBytes } from './scanned-bytes.ts';
import { quoteName } from './sql-text.ts';
import { QueryError, type TreeObject } from './sql-tree.ts';
import type { FileOptions, Statement, TableName } from './statement.ts';
import { type TableReference, translateQuery } from './translate.ts';
import type { WorkGroup } from './work-group.ts';
import { removeOwnFiles, writeFiles } from './write-files.ts';

/** What a statement did. */
export interface Outcome {
  readonly scannedBytes: number;
  readonly columns?: readonly ResultColumn[];
  readonly updateCount?: number;
  readonly manifestLocation?: string;
}

export class ScanLimitError extends Error {
  readonly scannedBytes: number;

  constructor(bytes: number, limitBytes: number) {
    super(
      `Bytes scanned limit was exceeded: the query would scan ${bytes} bytes and its workgroup allows ${limitBytes}`,
    );
    this.scannedBytes = bytes;
  }
}

export interface StatementRun {
  readonly region: Region;
  readonly connection: DuckDBConnection;
  readonly statement: Statement;
  readonly record: QueryRecord;
  readonly workGroup: WorkGroup;
}

/**
 * Runs a statement to its end with the permissions of its caller.
 *
 * @throws QueryError, AwsError, ScanLimitError, or DuckDB's own error
 */
export async function runStatement(run: StatementRun): Promise<Outcome> {
  switch (run.statement.kind) {
    case 'select':
      return select(run, run.statement.query);
    case 'unload':
      return unload(run, run.statement.query, run.statement.target, run.statement.options);
    case 'create-table-as':
      return createTableAs(run, run.statement);
    case 'insert':
      return insertInto(run, run.statement);
  }
}

async function select(run: StatementRun, query: TreeObject): Promise<Outcome> {
  const { region, connection, record } = run;
  const prepared = await prepare(run, query, true);
  const path = incomingPath(region);
  try {
    await writeResultCsv(await connection.stream(prepared.sql), prepared.names, path);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  }
  const { bucket, key } = parseS3Uri(record.outputLocation);
  region.authorize(record.caller, 's3:PutObject', `arn:aws:s3:::${bucket}/${key}`);
  await adoptFile(region, bucket, key, path, { headers: { 'content-type': 'application/octet-stream' } });
  const columns = prepared.names.map((name, index) => ({ name, type: athenaType(prepared.types[index]!) }));
  return { scannedBytes: prepared.scannedBytes, columns };
}

async function unload(run: StatementRun, query: TreeObject, target: string, options: FileOptions): Promise<Outcome> {
  removeOwnFiles(run.region, run.record.id, target);
  refuseIfNotEmpty(run, target);
  const prepared = await prepare(run, query, false);
  const written = await writeFiles(run.region, run.connection, prepared, {
    id: run.record.id,
    target,
    options,
    caller: run.record.caller,
  });
  const manifestLocation = await writeManifest(run, written.locations);
  return { scannedBytes: prepared.scannedBytes, updateCount: written.rowCount, manifestLocation };
}

async function createTableAs(
  run: StatementRun,
  statement: Extract<Statement, { kind: 'create-table-as' }>,
): Promise<Outcome> {
  const { region, record, workGroup } = run;
  const { options, externalLocation } = statement;
  if (externalLocation !== undefined && workGroup.isEnforced && workGroup.outputLocation !== undefined) {
    throw new QueryError(
      `The Create Table As Select query failed because it was submitted with an 'external_location' property to an Athena Workgroup that enforces a centralized output location for all queries. Please remove the 'external_location' property and resubmit the query.`,
    );
  }
  if (options.partitionedBy.length > 0) {
    throw new QueryError(
      "NOT_SUPPORTED: the laptop's Glue registers no partitions; use UNLOAD with partitioned_by and a projected table",
    );
  }
  const DatabaseName = requireDatabase(run, statement.into);
  if (await hasTable(run, DatabaseName, statement.into.table)) {
    throw new QueryError(
      `TABLE_ALREADY_EXISTS: line 1:1: Table 'awsdatacatalog.${DatabaseName}.${statement.into.table}' already exists`,
    );
  }
  const base =
    externalLocation ??
    `${record.outputLocation.slice(0, record.outputLocation.lastIndexOf('/'))}/tables/${record.id}/`;
  const target = base.endsWith('/') ? base : `${base}/`;
  refuseIfNotEmpty(run, target);
  const prepared = await prepare(run, statement.query, false);
  const written = await writeFiles(region, run.connection, prepared, {
    id: record.id,
    target,
    options,
    caller: record.caller,
  });
  const columns = prepared.names.map((Name, index) => ({ Name, Type: hiveType(prepared.types[index]!) }));
  const TableInput = {
    Name: statement.into.table,
    TableType: 'EXTERNAL_TABLE',
    Parameters: { classification: options.format.toLowerCase() },
    StorageDescriptor: { Columns: columns, Location: target, SerdeInfo: serde(options) },
  };
  await region.invoke('glue', 'CreateTable', { DatabaseName, TableInput }, record.caller);
  return { scannedBytes: prepared.scannedBytes, updateCount: written.rowCount };
}

const SERDES: Readonly<Record<FileOptions['format'], string>> = {
  PARQUET: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe',
  JSON: 'org.openx.data.jsonserde.JsonSerDe',
  TEXTFILE: 'org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe',
};

function serde({ format, fieldDelimiter }: FileOptions): object {
  const Parameters = format === 'TEXTFILE' ? { 'field.delim': fieldDelimiter } : {};
  return { SerializationLibrary: SERDES[format], Parameters };
}

async function insertInto(run: StatementRun, statement: Extract<Statement, { kind: 'insert' }>): Promise<Outcome> {
  const { region, record, connection } = run;
  const table = await glueTable(run, requireDatabase(run, statement.into), statement.into.table);
  const storage = table.StorageDescriptor;
  if ((table.PartitionKeys ?? []).length > 0)
    throw new QueryError("NOT_SUPPORTED: the laptop's Athena inserts into tables without partition keys; use UNLOAD");
  if (!/parquet/i.test(storage?.SerdeInfo?.SerializationLibrary ?? ''))
    throw new QueryError("NOT_SUPPORTED: the laptop's Athena inserts into Parquet tables");
  const all = (storage?.Columns ?? []).map(({ Name }) => Name.toLowerCase());
  const into = statement.columns.length === 0 ? all : statement.columns;
  const prepared = await prepare(run, statement.query, true);
  if (prepared.names.length !== into.length) {
    throw new QueryError(
      `TYPE_MISMATCH: line 1:1: Insert query has mismatched column types: Table: [${into.join(', ')}], Query: [${prepared.names.join(', ')}]`,
    );
  }
  const given = into.map((_, index) => `c${index}`).join(', ');
  const values = all.map((name) =>
    into.includes(name) ? `c${into.indexOf(name)} AS ${quoteName(name)}` : `NULL AS ${quoteName(name)}`,
  );
  const location = storage?.Location ?? '';
  const rows: OutputQuery = {
    sql: `SELECT ${values.join(', ')} FROM (${prepared.sql}) AS q(${given})`,
    names: all,
    types: all.map(() => 'VARCHAR'),
  };
  const written = await writeFiles(region, connection, rows, {
    id: record.id,
    target: location.endsWith('/') ? location : `${location}/`,
    options: { format: 'PARQUET', compression: 'gzip', partitionedBy: [], fieldDelimiter: '' },
    caller: record.caller,
  });
  return { scannedBytes: prepared.scannedBytes, updateCount: written.rowCount };
}

/** Makes the views of the tables a query reads, and checks the workgroup's limit before the first byte is read. */
async function prepare(
  run: StatementRun,
  query: TreeObject,
  allowsDuplicates: boolean,
): Promise<OutputQuery & { scannedBytes: number }> {
  const { connection, record, workGroup } = run;
  const translation = translateQuery(markUnnamedColumns(query), record.database);
  const relations: Relation[] = [];
  for (const reference of translation.tables) {
    relations.push(await openTable(run, reference, translation.fixedColumns));
  }
  const output = await outputQuery(connection, translation.sql, allowsDuplicates);
  const bytes = await scannedBytes(connection, output.sql, relations);
  if (workGroup.cutoffBytes !== undefined && bytes > workGroup.cutoffBytes)
    throw new ScanLimitError(bytes, workGroup.cutoffBytes);
  return { ...output, scannedBytes: bytes };
}

async function openTable(run: StatementRun, reference: TableReference, fixedColumns: ReadonlySet<string>) {
  const { region, connection, record } = run;
  const table = await glueTable(run, reference.database, reference.table);
  const open = (table.PartitionKeys ?? []).find(({ Name }) => isInjected(table, Name) && !fixedColumns.has(Name));
  if (open !== undefined) {
    throw new QueryError(
      `CONSTRAINT_VIOLATION: For the injected projected partition column ${open.Name}, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.`,
    );
  }
  const relation = await relationOf(region, connection, table, record.caller);
  await connection.run(`CREATE OR REPLACE TEMP VIEW ${quoteName(reference.view)} AS ${relation.select}`);
  return relation;
}

async function glueTable(run: StatementRun, database: string, table: string): Promise<GlueTable> {
  try {
    const found = await run.region.invoke(
      'glue',
      'GetTable',
      { DatabaseName: database, Name: table },
      run.record.caller,
    );
    return found['Table'] as GlueTable; // what the Glue stand-in answers
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'EntityNotFoundException') throw error;
    const isDatabase = error.message.startsWith('Database');
    throw isDatabase
      ? new QueryError(`SCHEMA_NOT_FOUND: line 1:1: Schema '${database}' does not exist`)
      : new QueryError(`TABLE_NOT_FOUND: line 1:1: Table 'awsdatacatalog.${database}.${table}' does not exist`);
  }
}

async function hasTable(run: StatementRun, database: string, table: string): Promise<boolean> {
  try {
    await glueTable(run, database, table);
    return true;
  } catch (error) {
    if (error instanceof QueryError && error.message.startsWith('TABLE_NOT_FOUND')) return false;
    throw error;
  }
}

function requireDatabase(run: StatementRun, name: TableName): string {
  const database = name.database ?? run.record.database?.toLowerCase();
  if (database !== undefined) return database;
  throw new QueryError('SCHEMA_NOT_FOUND: line 1:1: Schema must be specified when session schema is not set');
}

function refuseIfNotEmpty({ region, record }: StatementRun, target: string): void {
  const { bucket, key } = parseS3Uri(target);
  region.authorize(record.caller, 's3:ListBucket', `arn:aws:s3:::${bucket}`, { 's3:prefix': key });
  if (listFiles(region, bucket, key).length > 0) {
    throw new QueryError(`HIVE_PATH_ALREADY_EXISTS: Target directory for table '${target}' already exists`);
  }
}

/** The list of what an UNLOAD wrote, one URI a line, beside where a result would be. */
async function writeManifest({ region, record }: StatementRun, locations: readonly string[]): Promise<string> {
  const location = record.outputLocation.replace(/(\.csv)?$/, '-manifest.csv');
  const { bucket, key } = parseS3Uri(location);
  region.authorize(record.caller, 's3:PutObject', `arn:aws:s3:::${bucket}/${key}`);
  await putObject(region, bucket, key, locations.map((one) => `${one}\n`).join(''));
  return location;
}
