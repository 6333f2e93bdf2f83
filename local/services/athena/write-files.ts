import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Caller, Region } from '../../service.ts';
import { listFiles } from '../s3/listing.ts';
import { adoptFile, deleteObject, parseS3Uri } from '../s3/object-files.ts';
import { scratchFolder } from './engine.ts';
import type { OutputQuery } from './output-columns.ts';
import { quoteName, quoteText } from './sql-text.ts';
import { QueryError } from './sql-tree.ts';
import type { FileOptions } from './statement.ts';

/** Athena's limit for partitions that one statement writes. */
const MAX_PARTITIONS = 100;

export interface WrittenFiles {
  /** S3 URIs. */
  readonly locations: readonly string[];
  readonly rowCount: number;
}

/**
 * Runs a query into files under an S3 folder. The files are finished in a scratch folder and then moved, so a reader
 * of the folder sees each whole or not at all. Without partitions there is one file, in the query's own order.
 */
export async function writeFiles(
  region: Region,
  connection: DuckDBConnection,
  query: OutputQuery,
  write: { readonly id: string; readonly target: string; readonly options: FileOptions; readonly caller: Caller },
): Promise<WrittenFiles> {
  const { id, options } = write;
  refuseTypes(query);
  const partitions =
    options.partitionedBy.length === 0 ? 1 : await countPartitions(connection, query, options.partitionedBy);
  const scratch = join(scratchFolder(region), id);
  mkdirSync(scratch, { recursive: true });
  try {
    // DuckDB makes no folder at all for a partitioned write of no rows
    const copied =
      partitions === 0 ? undefined : await connection.runAndReadAll(copyStatement(query, scratch, id, options));
    const { bucket, key } = parseS3Uri(write.target);
    const locations: string[] = [];
    for (const file of filesBelow(scratch)) {
      const objectKey = key + relative(scratch, file).split('\\').join('/');
      region.authorize(write.caller, 's3:PutObject', `arn:aws:s3:::${bucket}/${objectKey}`);
      await adoptFile(region, bucket, objectKey, file);
      locations.push(`s3://${bucket}/${objectKey}`);
    }
    return { locations, rowCount: Number(copied?.getRows()[0]?.[0] ?? 0) };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Removes what a run of this very query wrote before the region was killed. */
export function removeOwnFiles(region: Region, id: string, target: string): void {
  const { bucket, key } = parseS3Uri(target);
  for (const file of listFiles(region, bucket, key)) {
    if (file.key.slice(file.key.lastIndexOf('/') + 1).startsWith(`${id}_`)) deleteObject(region, bucket, file.key);
  }
}

function copyStatement(query: OutputQuery, scratch: string, id: string, options: FileOptions): string {
  const { format, compression, partitionedBy } = options;
  const settings = [FORMATS[format](options)];
  settings.push(`COMPRESSION ${quoteText(compression === 'none' ? 'uncompressed' : compression)}`);
  const name = `${id}_00000${EXTENSIONS[format][compression] ?? ''}`;
  if (partitionedBy.length === 0)
    return `COPY (${query.sql}) TO ${quoteText(join(scratch, name))} (${settings.join(', ')})`;
  settings.push(`PARTITION_BY (${partitionedBy.map(quoteName).join(', ')})`);
  settings.push(
    `FILENAME_PATTERN ${quoteText(`${id}_{i}`)}`,
    `FILE_EXTENSION ${quoteText((EXTENSIONS[format][compression] ?? '').slice(1) || 'parquet')}`,
  );
  return `COPY (${query.sql}) TO ${quoteText(scratch)} (${settings.join(', ')}, OVERWRITE_OR_IGNORE)`;
}

const FORMATS: Readonly<Record<FileOptions['format'], (options: FileOptions) => string>> = {
  PARQUET: () => 'FORMAT parquet',
  JSON: () => 'FORMAT json',
  TEXTFILE: ({ fieldDelimiter }) =>
    `FORMAT csv, HEADER false, DELIMITER ${quoteText(fieldDelimiter)}, QUOTE '', ESCAPE '', NULLSTR '\\N'`,
};

/** Athena names Parquet files without an extension, and text by its compression. */
const EXTENSIONS: Readonly<Record<FileOptions['format'], Readonly<Record<string, string>>>> = {
  PARQUET: {},
  JSON: { gzip: '.gz', zstd: '.zst', none: '.json' },
  TEXTFILE: { gzip: '.gz', zstd: '.zst', none: '.txt' },
};

async function countPartitions(
  connection: DuckDBConnection,
  query: OutputQuery,
  keys: readonly string[],
): Promise<number> {
  const last = query.names.slice(-keys.length);
  if (last.join() !== keys.join()) {
    throw new QueryError(
      `HIVE_COLUMN_ORDER_MISMATCH: Partition keys must be the last columns in the table and in the same order as the table properties: ${keys.join(', ')}`,
    );
  }
  const counted = await connection.runAndReadAll(
    `SELECT count(*) FROM (SELECT DISTINCT ${keys.map(quoteName).join(', ')} FROM (${query.sql}))`,
  );
  const count = Number(counted.getRows()[0]?.[0]);
  if (count <= MAX_PARTITIONS) return count;
  throw new QueryError(
    `HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of ${MAX_PARTITIONS} open writers for partitions`,
  );
}

function refuseTypes({ names, types }: OutputQuery): void {
  types.forEach((type, index) => {
    if (/^(TIMESTAMP WITH TIME ZONE|INTERVAL|TIME\b|UUID|JSON)/.test(type)) {
      throw new QueryError(
        `NOT_SUPPORTED: Unsupported Hive type: ${type.toLowerCase()} of column ${names[index]}; cast it`,
      );
    }
  });
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}
