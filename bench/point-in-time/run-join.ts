/**
 * One join in a process of its own, so that its memory is its own: `node bench/point-in-time/run-join.ts FOLDER` with
 * DuckDB's statement on standard input; prints a line of JSON.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { MACROS } from '../../local/services/athena/macros.ts';
import { VIEWS } from './tables.ts';

/** What one run took. */
export interface JoinRun {
  readonly seconds: number;
  /** Of all processors; what is left when other programs share the machine. */
  readonly cpuSeconds: number;
  /** Highest resident set size of the whole process. */
  readonly peakMb: number;
  readonly rows: number;
  /** Of all values of all rows; equal for equal answers. */
  readonly digest: string;
}

const [folder = ''] = process.argv.slice(2);
const statement = readFileSync(0, 'utf8');
// as the laptop's Athena opens it
const database = await DuckDBInstance.create(':memory:', {
  threads: '2',
  memory_limit: '4096MB',
  temp_directory: join(folder, 'spill'),
});
const connection = await database.connect();
for (const macro of MACROS) await connection.run(`CREATE MACRO ${macro}`);
for (const name of ['labels', ...VIEWS.map(({ view }) => view.name)]) {
  const day = name === 'labels' ? '' : ", '2025-04-11' AS loaded_day";
  await connection.run(`CREATE VIEW "${name}" AS SELECT *${day} FROM read_parquet('${join(folder, name)}.parquet')`);
}
const output = join(folder, 'answer.parquet');
const startedMs = performance.now();
const before = process.cpuUsage();
await connection.run(`COPY (${statement}) TO '${output}' (FORMAT parquet, COMPRESSION snappy)`);
const seconds = (performance.now() - startedMs) / 1000;
const cpu = process.cpuUsage(before);
const cpuSeconds = (cpu.user + cpu.system) / 1e6;
const peakMb = process.resourceUsage().maxRSS / 1024;
const answer = await connection.runAndReadAll(
  `SELECT count(*), sum(CAST(hash(t) % 1000003 AS bigint)) FROM read_parquet('${output}') t`,
);
const [rows, digest = ''] = answer.getRows()[0]!.map(String);
console.log(JSON.stringify({ seconds, cpuSeconds, peakMb, rows: Number(rows), digest } satisfies JoinRun));
