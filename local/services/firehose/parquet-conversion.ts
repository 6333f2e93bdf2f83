import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Region } from '../../service.ts';
import { duckdbType } from '../athena/glue-type.ts';
import { quoteName, quoteText } from '../athena/sql-text.ts';
import type { GlueColumn, GlueTable } from '../glue/catalog.ts';
import { incomingPath } from '../s3/object-files.ts';
import type { ParquetConversion } from './delivery-stream.ts';

/** The columns records are converted to, read with the permissions of the stream's role. */
export async function conversionColumns(region: Region, conversion: ParquetConversion): Promise<readonly GlueColumn[]> {
  const { databaseName, tableName, roleArn } = conversion;
  const caller = region.callerForRole(roleArn);
  const arn = `arn:aws:glue:${region.regionName}:${region.accountId}:table/${databaseName}/${tableName}`;
  region.authorize(caller, 'glue:GetTableVersions', arn);
  const found = await region.invoke('glue', 'GetTable', { DatabaseName: databaseName, Name: tableName }, caller);
  return (found['Table'] as GlueTable).StorageDescriptor?.Columns ?? []; // what the Glue stand-in answers
}

/** Writes JSON lines as one Parquet file, rows in their order. @returns its path, which the caller moves or removes */
export async function writeParquet(
  region: Region,
  lines: readonly string[],
  columns: readonly GlueColumn[],
  compression: string,
): Promise<string> {
  const [source, target] = [incomingPath(region), incomingPath(region)];
  await writeFile(source, `${lines.join('\n')}\n`);
  const types = columns.map(({ Name, Type }) => `${quoteName(Name.toLowerCase())}: ${quoteText(duckdbType(Type))}`);
  const database = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '512MB' });
  try {
    const connection = await database.connect();
    const rows = `read_json(${quoteText(source)}, format = 'newline_delimited', columns = {${types.join(', ')}}, maximum_object_size = 33554432)`;
    await connection.run(
      `COPY (SELECT * FROM ${rows}) TO ${quoteText(target)} (FORMAT parquet, COMPRESSION ${compression})`,
    );
    connection.closeSync();
    return target;
  } finally {
    database.closeSync();
    rmSync(source, { force: true });
  }
}
