/**
 * One way through a log in a process of its own, so that its memory is its own: `node bench/drift-scan/run-counts.ts
 * read|scan FILE…`; prints a line of JSON.
 */

import { setTimeout } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { countColumns } from '../../core/drift/count-columns.ts';
import type { CountRows } from '../../core/drift/count-rows.ts';
import { numberCountsSql, textCountsSql, unitCountsSql } from '../../core/sql/column-counts-sql.ts';
import { athenaLiterals, type Sql } from '../../core/sql/sql.ts';
import { MACROS } from '../../local/services/athena/macros.ts';
import { bindParameters } from '../../local/services/athena/parameters.ts';
import { parseStatement } from '../../local/services/athena/sql-tree.ts';
import { translateQuery } from '../../local/services/athena/translate.ts';
import { FROM_MS, PLAN, RELEASE, readColumnsSql } from './prediction-log.ts';

/** What one run took. */
export interface CountsRun {
  readonly seconds: number;
  /** Of all processors; what is left when other programs share the machine. */
  readonly cpuSeconds: number;
  /** Highest resident set size of the whole process. */
  readonly peakMb: number;
  readonly rows: number;
}

/** How long the compiler may go on in the background after the first time. */
const WARM_MS = 5_000;

const [way = '', ...files] = process.argv.slice(2);
// as the laptop's Athena opens it
const database = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '4096MB' });
const connection = await database.connect();
for (const macro of MACROS) await connection.run(`CREATE MACRO ${macro}`);
const list = files.map((file) => `'${file}'`).join(', ');
await connection.run(`CREATE VIEW prediction AS SELECT *, '2026-03-01' AS dt FROM read_parquet([${list}])`);
const readFrom = (rowsSql: string) => connection.run(`CREATE OR REPLACE VIEW "glue:1" AS SELECT * FROM ${rowsSql}`);

const rows = {
  database: 'bench',
  model: 'wide',
  windows: [{ fromMs: FROM_MS, toMs: FROM_MS + 3_600_000, releaseIds: [RELEASE] }],
};
const translated = (statement: Sql) =>
  translateQuery(parseStatement(bindParameters(statement.text, athenaLiterals(statement.params))), 'bench').sql;
const answers = async (text: string) => (await connection.runAndReadAll(text)).getRowObjects();

// a region has scanned before, and has its code compiled
await readFrom('prediction LIMIT 1000');
await count();
await setTimeout(WARM_MS);
await readFrom('prediction');
const startedMs = performance.now();
const before = process.cpuUsage();
const counted = await count();
const seconds = (performance.now() - startedMs) / 1000;
const cpu = process.cpuUsage(before);
const cpuSeconds = (cpu.user + cpu.system) / 1e6;
const peakMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ seconds, cpuSeconds, peakMb, rows: counted } satisfies CountsRun));

function count(): Promise<number> {
  return way === 'read' ? readAll() : scan();
}

async function readAll(): Promise<number> {
  const [found] = await answers(readColumnsSql());
  return Number(Object.values(found!)[0]);
}

/** The three statements, and the columns that the judge makes of them. @returns rows that it counted */
async function scan(): Promise<number> {
  const numbers = await answers(translated(numberCountsSql(rows, PLAN)));
  const texts = await answers(translated(textCountsSql(rows, PLAN)));
  const units = await answers(translated(unitCountsSql(rows)));
  const found: CountRows = {
    numbers: numbers.map((row) => ({
      window: Number(row['window']),
      segment: Number(row['segment']),
      slice: Number(row['slice']),
      rows: Number(row['rows']),
      decided: Number(row['decided']),
      undecided: Number(row['undecided']),
      counts: PLAN.numbers.map((_, i) => String(row[`c${i}`]).split(',').map(Number)),
    })),
    texts: texts.map((row) => ({
      window: Number(row['window']),
      segment: Number(row['segment']),
      slice: Number(row['slice']),
      place: Number(row['place']),
      category: row['category'] === null ? null : String(row['category']),
      example: row['example'] === null ? null : String(row['example']),
      n: Number(row['n']),
    })),
    units: units.map((row) => ({
      window: Number(row['window']),
      rows: Number(row['rows']),
      squares: Number(row['squares']),
    })),
  };
  const columns = countColumns(PLAN, found, [], false);
  const lost = columns.filter(({ live }) => live.missing < 0 || live.other > 0);
  if (lost.length > 0) throw new Error(`miscounted: ${lost.map(({ column }) => column).join(', ')}`);
  return columns[0]!.live.rows;
}
