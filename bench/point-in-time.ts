/**
 * How long a training set takes: `node bench/point-in-time.ts [labels] [rows of each view] [rows per entity …]`,
 * 1 M labels, 10 M rows in each of 3 views with 10 features, and 100 rows per entity by default; 100000 1000000 is a
 * tenth. Parquet to Parquet on two threads, each engine in a process of its own, both answers compared value by value:
 *
 * - `headgate`: the platform's statement as the laptop's Athena runs it
 * - `hand-written`: the same rules (event time and knowledge time at or before the label, TTL closed at both ends, ties by
 *   knowledge time, load time and position) with DuckDB's ASOF join
 * - `feast`, with FEAST_PYTHON=…/bin/python set: its file offline store on a hundredth of the labels and rows, beside
 *   headgate on the same. Its `rows` say how many labels came back: labels whose every candidate is too old or too new
 *   are lost there
 *
 * Every line is JSON; `cpuSeconds` tells what was done when other programs share the machine. A million rows per entity
 * or more is one entity with all of them.
 *
 * The numbers to reach: at most 1.3 × hand-written, under 3 GB, and the same time however many rows an entity has.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { JoinRun } from './point-in-time/run-join.ts';
import { type Engine, statementOf } from './point-in-time/statements.ts';
import { FEATURES, type Size, VIEWS, writeStatements } from './point-in-time/tables.ts';

const [labels = 1_000_000, rows = 10_000_000, ...perEntity] = process.argv.slice(2).map(Number);
const python = process.env['FEAST_PYTHON'];

for (const rowsPerEntity of perEntity.length === 0 ? [100] : perEntity) {
  await withTables({ labels, rows, rowsPerEntity }, (folder) => {
    const ours = run(folder, 'headgate');
    const byHand = run(folder, 'hand-written');
    if (ours.rows !== labels || ours.digest !== byHand.digest) throw new Error('the two answers differ');
    print({ labels, rows, rowsPerEntity, headgate: ours, handWritten: byHand, ratio: ours.seconds / byHand.seconds });
  });
  if (python === undefined) continue;
  const small = { labels: Math.ceil(labels / 100), rows: Math.ceil(rows / 100), rowsPerEntity };
  await withTables(small, (folder) =>
    print({ ...small, headgate: run(folder, 'headgate'), feast: feast(python, folder) }),
  );
}

async function withTables(size: Size, measure: (folder: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-bench-point-in-time-'));
  try {
    const database = await DuckDBInstance.create(':memory:', { threads: '2' });
    const connection = await database.connect();
    for (const statement of writeStatements(folder, size)) await connection.run(statement);
    connection.closeSync();
    database.closeSync();
    measure(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function run(folder: string, engine: Engine): JoinRun {
  const script = join(import.meta.dirname, 'point-in-time', 'run-join.ts');
  const output = execFileSync(process.execPath, [script, folder], { input: statementOf(engine), encoding: 'utf8' });
  return JSON.parse(output) as JoinRun; // what it prints
}

/** Seconds and memory, or why it gave no answer. */
function feast(pythonPath: string, folder: string): object {
  const script = join(import.meta.dirname, 'referee', 'feast_point_in_time.py');
  const views = VIEWS.map(({ view }) => ({ name: view.name, ttlMs: view.ttlMs }));
  const asked = JSON.stringify({ folder, views, features: FEATURES, memoryGb: 8 });
  try {
    const output = execFileSync(pythonPath, [script, asked], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    return JSON.parse(output.trimEnd().split('\n').at(-1)!) as object; // the last line is its report
  } catch (error) {
    return { failed: error instanceof Error ? error.message.trimEnd().split('\n').at(-1) : String(error) };
  }
}

function print(line: object): void {
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(2)) : value);
  console.log(JSON.stringify(line, rounded));
}
