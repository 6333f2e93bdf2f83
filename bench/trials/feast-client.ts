/**
 * Lets the real Feast client read a running platform through its remote online store: brings a region up with the
 * definitions beside this file, pushes rows, and runs bench/referee/feast_client.py, which compares values, types,
 * statuses and order with what was pushed.
 *
 *   python -m venv feast-venv && feast-venv/bin/pip install feast
 *   node bench/trials/feast-client.ts feast-venv/bin/python [URL]
 *
 * URL is that of a platform that runs these definitions already (`headgate up --definitions
 * bench/trials/feast-client/definitions`). Ends with 1 when something differs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { synthesize } from '../../cli/up/synthesize.ts';
import type { Row, Value } from '../../core/definitions/value-type.ts';
import { startRegion } from '../../local/region.ts';
import { expectations } from './feast-client/expectations.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const [python, given] = process.argv.slice(2);
if (python === undefined) throw new Error('name the Python that has feast: node bench/trials/feast-client.ts PYTHON');

const dir = await mkdtemp(join(tmpdir(), 'headgate-feast-client-'));
const started = given === undefined ? await start() : null;
try {
  const url = given ?? started!.url;
  const expected = expectations(new Date());
  for (const { source, rows } of expected.pushes) await push(url, source, rows);
  const file = join(dir, 'expectations.json');
  await writeFile(file, JSON.stringify(expected));
  const referee = join(ROOT, 'bench/referee/feast_client.py');
  const env = { ...process.env, FEAST_USAGE: 'False' };
  const [code] = await once(spawn(python, [referee, url, file], { cwd: dir, env, stdio: 'inherit' }), 'close');
  process.exitCode = Number(code ?? 1);
} finally {
  await started?.stop();
  await rm(dir, { recursive: true, force: true });
}

async function start(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const stateDir = join(dir, 'state');
  const definitionsDir = join(import.meta.dirname, 'feast-client/definitions');
  const { signal } = new AbortController();
  const assemblyDir = await synthesize({ rootDir: ROOT, definitionsDir, stateDir, signal });
  const region = await startRegion({ assemblyDir, stateDir, apiPort: 0, awsPort: 0, speed: 1 });
  const stop = async () => {
    await region.stop();
    await rm(assemblyDir, { recursive: true, force: true });
  };
  return { url: region.apiUrl, stop };
}

async function push(url: string, source: string, rows: readonly Row[]): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const df = Object.fromEntries(columns.map((name) => [name, rows.map((row): Value => row[name] ?? null)]));
  const response = await fetch(`${url}/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ push_source_name: source, df, to: 'online' }),
  });
  const text = await response.text();
  if (!response.ok || JSON.parse(text).rejected.length > 0) throw new Error(`${response.status} from /push: ${text}`);
}
