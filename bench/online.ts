/**
 * Online features against Feast's Python feature server: both over one DynamoDB emulator with the same values, under
 * the same load, one after the other. Ours is the bundled Lambda handler behind a thin HTTP server; each is one process.
 *
 *   python -m venv feast-venv && feast-venv/bin/pip install 'feast[aws]'
 *   node bench/online.ts [PYTHON] [SECONDS] [ENTITIES]
 *
 * SECONDS per cell (10) and stored ENTITIES (1000). Without PYTHON, or with -, ours alone is measured. Prints a table:
 * latencies in milliseconds; round trips are requests to the emulator; CPU is that of the serving process alone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../core/stats/seeded-random.ts';
import { startEmulator } from '../local/services/dynamodb/emulator-process.ts';
import { findEmulatorBinary } from '../local/services/dynamodb/find-emulator.ts';
import { type Contender, feast, headgate } from './online/contenders.ts';
import { countingProxy } from './online/counting-proxy.ts';
import { type Measured, measureLoad, post } from './online/measure-load.ts';
import { featureRefs } from './online/wide-definitions.ts';

const [python = '-', seconds = '10', stored = '1000'] = process.argv.slice(2);
const SCENARIOS = [
  { name: '1 entity × 25 views × 10 features', entities: 1, features: 250 },
  { name: '100 entities × 50 features', entities: 100, features: 50 },
] as const;
const CONCURRENCY = [1, 8] as const;
const BODIES = 200;

const dir = await mkdtemp(join(tmpdir(), 'headgate-bench-online-'));
const say = (line: string) => process.stderr.write(`${line}\n`);
const emulator = await startEmulator({
  binary: findEmulatorBinary(),
  dir: join(dir, 'dynamodb'),
  logFile: join(dir, 'dynamodb.log'),
  onCrash: say,
});
const proxy = await countingProxy(emulator.endpoint);
try {
  const contenders = [headgate(dir), ...(python === '-' ? [] : [feast(dir, python)])];
  for (const contender of contenders) {
    say(`${contender.name}: writing ${stored} entities of 25 views`);
    await contender.prepare(emulator.endpoint, Number(stored));
  }
  const trips = new Map<string, string>();
  const answers: string[] = [];
  for (const contender of contenders) {
    const { counted, answer } = await look(contender);
    trips.set(contender.name, counted);
    answers.push(answer);
  }
  if (new Set(answers).size > 1) throw new Error('the two do not answer the same values');
  console.log('| load | at a time | server | requests/s | p50 | p99 | errors | CPU ms/request | times Feast |');
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const scenario of SCENARIOS) {
    for (const concurrency of CONCURRENCY) {
      const rows: { readonly name: string; readonly measured: Measured; readonly cpuMs: number }[] = [];
      for (const contender of contenders) {
        say(`${contender.name}: ${scenario.name}, ${concurrency} at a time`);
        rows.push({ name: contender.name, ...(await measured(contender, scenario, concurrency)) });
      }
      const rival = rows[1]?.measured.perSecond;
      for (const { name, measured: m, cpuMs } of rows) {
        const times = rival === undefined ? '' : (m.perSecond / rival).toFixed(1);
        const numbers = [m.perSecond.toFixed(0), m.p50Ms.toFixed(2), m.p99Ms.toFixed(2), m.errors, cpuMs.toFixed(2)];
        console.log(`| ${[scenario.name, concurrency, name, ...numbers, times].join(' | ')} |`);
      }
    }
  }
  console.log('\n| server | requests to the store for one entity of 1, 5 and 25 views |\n| --- | --- |');
  for (const [name, counted] of trips) console.log(`| ${name} | ${counted} |`);
} finally {
  proxy.stop();
  await emulator.stop();
  await rm(dir, { recursive: true, force: true });
}

async function measured(contender: Contender, scenario: (typeof SCENARIOS)[number], concurrency: number) {
  const server = await contender.serve(emulator.endpoint);
  try {
    const load = { url: server.url, bodies: bodiesOf(scenario.entities, scenario.features), concurrency };
    await measureLoad({ ...load, seconds: Math.max(1, Number(seconds) / 4) });
    const before = server.cpuSeconds();
    const result = await measureLoad({ ...load, seconds: Number(seconds) });
    return { measured: result, cpuMs: ((server.cpuSeconds() - before) * 1_000) / result.requests };
  } finally {
    await server.stop();
  }
}

/** Round trips by number of views, and one whole answer. */
async function look(contender: Contender): Promise<{ readonly counted: string; readonly answer: string }> {
  const server = await contender.serve(proxy.endpoint);
  const agent = new Agent({ keepAlive: true });
  try {
    await post(server.url, bodiesOf(1, 250)[0]!, agent); // credentials and connections
    const counts: number[] = [];
    for (const views of [1, 5, 25]) {
      proxy.take();
      await post(server.url, bodiesOf(1, views * 10)[0]!, agent);
      counts.push(proxy.take());
    }
    const { body } = await post(server.url, bodiesOf(100, 50)[0]!, agent);
    const { metadata, results } = JSON.parse(body.toString());
    const named: [string, unknown][] = metadata.feature_names.map((name: string, i: number) => [
      name,
      results[i].values,
    ]);
    return { counted: counts.join(', '), answer: JSON.stringify(named.sort(([a], [b]) => (a < b ? -1 : 1))) };
  } finally {
    agent.destroy();
    await server.stop();
  }
}

/** Requests for entities drawn without repeats, the same in every run. */
function bodiesOf(entities: number, features: number): readonly Buffer[] {
  const random = seededRandom(25);
  return Array.from({ length: BODIES }, () => {
    const ids = new Set<number>();
    while (ids.size < entities) ids.add(Math.floor(random() * Number(stored)));
    return Buffer.from(JSON.stringify({ features: featureRefs(features), entities: { customer_id: [...ids] } }));
  });
}
