/**
 * How long a drift scan takes to count: `node bench/drift.ts [millions of rows …]`, 1, 10 and 50 by default, of 50
 * features (40 numbers, 10 texts), score and decision, in Parquet files of a million rows as Firehose writes them. Two threads, each run
 * in a process of its own:
 *
 * - `read`: every element of the columns is read and nothing done with it
 * - `scan`: the platform's statements as the laptop's Athena runs them
 * - `evidently`, with EVIDENTLY_PYTHON=…/bin/python set: its data drift preset on the first million rows as a frame in
 *   memory, against as many others, beside a scan of the same rows
 *
 * Every line is JSON; `cpuSeconds` tells what was done when other programs share the machine. Files are few and stand for
 * several of their like, so that a large log takes no disk: the same bytes are read again.
 *
 * The numbers to reach: at most 2 × the time to read the columns, memory that is the same for 1, 10 and 50 million rows, and
 * at least 20 × Evidently.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { writeLog } from './drift-scan/prediction-log.ts';
import type { CountsRun } from './drift-scan/run-counts.ts';

const FILE_ROWS = 1_000_000;
const FILES = 2;
const given = process.argv.slice(2).map(Number);
const python = process.env['EVIDENTLY_PYTHON'];

const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-drift-'));
try {
  const files = await writeFiles();
  for (const millions of given.length === 0 ? [1, 10, 50] : given) {
    const log = Array.from({ length: millions }, (_, i) => files[i % FILES]!);
    const [read, scan] = [run('read', log), run('scan', log)];
    const ratio = { seconds: scan.seconds / read.seconds, cpuSeconds: scan.cpuSeconds / read.cpuSeconds };
    print({ rows: millions * FILE_ROWS, load: loadavg()[0], read, scan, ratio });
  }
  if (python !== undefined) {
    const scan = run('scan', files.slice(0, 1));
    const evidently = runEvidently(python, files);
    print({ rows: FILE_ROWS, load: loadavg()[0], scan, evidently });
  }
} finally {
  rmSync(folder, { recursive: true });
}

async function writeFiles(): Promise<readonly string[]> {
  const database = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '4096MB' });
  const connection = await database.connect();
  const files = Array.from({ length: FILES }, (_, i) => join(folder, `${i}.parquet`));
  for (const [i, file] of files.entries()) await connection.run(writeLog(file, FILE_ROWS, i));
  connection.closeSync();
  database.closeSync();
  return files;
}

function run(way: 'read' | 'scan', files: readonly string[]): CountsRun {
  const script = join(import.meta.dirname, 'drift-scan', 'run-counts.ts');
  const output = execFileSync(process.execPath, [script, way, ...files], { encoding: 'utf8' });
  return JSON.parse(output) as CountsRun; // what it prints
}

/** Seconds and memory, or why it gave no answer. */
function runEvidently(pythonPath: string, files: readonly string[]): unknown {
  const script = join(import.meta.dirname, 'referee', 'evidently_drift.py');
  try {
    const output = execFileSync(pythonPath, [script, ...files.slice(0, 2)], { encoding: 'utf8' });
    return JSON.parse(output.trimEnd().split('\n').at(-1) ?? '');
  } catch (error) {
    return { failed: error instanceof Error ? error.message.slice(0, 500) : String(error) };
  }
}

function print(line: object): void {
  console.log(JSON.stringify(line));
}
