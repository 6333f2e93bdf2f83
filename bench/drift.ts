/**
 * How long a drift scan takes to count: `node bench/drift.ts [millions of rows …] [--evidently PYTHON] [--evidently-rows N …]`;
 * 1, 10 and 50 million rows by default, of 50 features (40 numbers, 10 texts), score and decision, in Parquet files of a
 * million rows as Firehose writes them. Two threads, each run in a process of its own:
 *
 * - reading: every number is summed and every text counted, nothing else
 * - scan: the platform's statements as the laptop's Athena runs them, translated, planned and run
 * - Evidently, with the Python that has it (0.7.23 with pandas below 3, and pyarrow): its data drift preset on the rows of a
 *   file, 100,000 by default, against as many others, from flat columns; a scan of as many rows is in the line as well
 *
 * Prints a Markdown table. Two files stand for several of their like, so that a large log takes no disk: the same bytes are
 * read again. CPU time of all processors tells what was done when other programs share the machine.
 *
 * The numbers to reach: at most 2 × the time to read the columns, memory that is the same for 1, 10 and 50 million rows, and
 * at least 20 × Evidently.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { flatten, writeLog } from './drift-scan/prediction-log.ts';
import type { CountsRun } from './drift-scan/run-counts.ts';

const FILE_ROWS = 1_000_000;
const FILES = 2;
/** Evidently is given up after so long. */
const PATIENCE_MS = 10 * 60_000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { evidently: { type: 'string' }, 'evidently-rows': { type: 'string', multiple: true, default: ['100000'] } },
});
const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-drift-'));
try {
  console.log(
    '| rows | reading: CPU, wall, peak | scan: CPU, wall, peak | scan / reading: CPU, wall | Evidently: CPU, wall, peak |',
  );
  console.log('| --- | --- | --- | --- | --- |');
  if (values.evidently !== undefined) {
    for (const rows of values['evidently-rows'].map(Number)) {
      const logs = await writeLogs(`small-${rows}`, rows);
      line(rows, logs.slice(0, 1), runEvidently(values.evidently, await writeFlat(logs)));
      for (const log of logs) rmSync(log);
    }
  }
  const logs = await writeLogs('log', FILE_ROWS);
  for (const millions of positionals.length === 0 ? [1, 10, 50] : positionals.map(Number)) {
    const log = Array.from({ length: millions }, (_, i) => logs[i % FILES]!);
    line(millions * FILE_ROWS, log, 'not run');
  }
} finally {
  rmSync(folder, { recursive: true });
}

function line(rows: number, log: readonly string[], evidently: string): void {
  const [read, scan] = [run('read', log), run('scan', log)];
  const times = (of: 'cpuSeconds' | 'seconds') => `${(scan[of] / read[of]).toFixed(2)} ×`;
  const cells = [
    rows.toLocaleString('en'),
    cost(read),
    cost(scan),
    `${times('cpuSeconds')}, ${times('seconds')}`,
    evidently,
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

function cost({ seconds, cpuSeconds, peakMb }: Omit<CountsRun, 'rows'>): string {
  return `${cpuSeconds.toFixed(1)} s, ${seconds.toFixed(1)} s, ${Math.round(peakMb)} MB`;
}

/** Paths of files of so many rows each. */
async function writeLogs(name: string, rows: number): Promise<readonly string[]> {
  const paths = Array.from({ length: FILES }, (_, i) => join(folder, `${name}-${i}.parquet`));
  await withDuckdb(async (connection) => {
    for (const [i, path] of paths.entries()) await connection.run(writeLog(path, rows, i));
  });
  return paths;
}

/** The same rows with a column for each feature, as Evidently takes them. */
async function writeFlat(logs: readonly string[]): Promise<readonly string[]> {
  const paths = logs.map((log) => log.replace('.parquet', '-flat.parquet'));
  await withDuckdb(async (connection) => {
    for (const [i, log] of logs.entries()) await connection.run(flatten(log, paths[i]!));
  });
  return paths;
}

async function withDuckdb(work: (connection: DuckDBConnection) => Promise<void>): Promise<void> {
  const database = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '4096MB' });
  const connection = await database.connect();
  await work(connection);
  connection.closeSync();
  database.closeSync();
}

function run(way: 'read' | 'scan', files: readonly string[]): CountsRun {
  const script = join(import.meta.dirname, 'drift-scan', 'run-counts.ts');
  const output = execFileSync(process.execPath, [script, way, ...files], { encoding: 'utf8' });
  return JSON.parse(output) as CountsRun; // what it prints
}

/** What it took, or why it gave no answer. */
function runEvidently(python: string, files: readonly string[]): string {
  const script = join(import.meta.dirname, 'referee', 'evidently_drift.py');
  try {
    const output = execFileSync(python, [script, ...files], { encoding: 'utf8', timeout: PATIENCE_MS });
    const found = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') as CountsRun & { version: string }; // what it prints
    return `${cost(found)} (${found.version})`;
  } catch (error) {
    return `no answer: ${(error instanceof Error ? error.message : String(error)).split('\n').at(0)?.slice(0, 200)}`;
  }
}
