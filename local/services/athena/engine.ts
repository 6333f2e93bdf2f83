import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Region } from '../../service.ts';
import { MACROS } from './macros.ts';
import { quoteText } from './sql-text.ts';

/** One DuckDB for all queries of the stand-in; a connection for each query. */
export interface QueryEngine {
  connect(): Promise<DuckDBConnection>;
  close(): void;
}

export interface EngineLimits {
  readonly memoryLimitMb: number;
  readonly threads: number;
}

/**
 * Opens DuckDB in memory, with Trino's macros. It may touch the files of S3 and its own scratch folder and nothing
 * else, and no statement can change that: user SQL is translated from a grammar without file functions, and this is
 * the second lock.
 */
export async function openEngine(region: Region, limits: EngineLimits): Promise<QueryEngine> {
  const folders = [join(region.stateDir, 's3'), scratchFolder(region)];
  for (const folder of folders) mkdirSync(folder, { recursive: true });
  const database = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: `${limits.memoryLimitMb}MB`,
    temp_directory: join(scratchFolder(region), 'spill'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const setup = await database.connect();
  for (const macro of MACROS) await setup.run(`CREATE MACRO ${macro}`);
  const allowed = folders.map((folder) => quoteText(`${folder}/`)).join(', ');
  await setup.run(`SET GLOBAL TimeZone = 'UTC'; SET GLOBAL allowed_directories = [${allowed}]`);
  await setup.run('SET GLOBAL enable_external_access = false; SET GLOBAL lock_configuration = true');
  setup.closeSync();
  return { connect: () => database.connect(), close: () => database.closeSync() };
}

/** Where results are written before they become objects. */
export function scratchFolder(region: Region): string {
  return join(region.stateDir, 'athena');
}

/** DuckDB's own words without its banner, first line only. */
export function engineMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? text).replace(/^Invalid Input Error: (?=[A-Z_]+: )/, '');
}
