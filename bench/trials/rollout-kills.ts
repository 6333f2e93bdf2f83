/**
 * Kills the laptop's region (SIGKILL, with everything it had started) at random moments while releases go out under live
 * traffic, and starts it again. In the end each rollout has been promoted or gone back, none is stuck, there has been
 * one champion at every moment, and the audit chain is whole and tells of each of them.
 *
 *   node bench/trials/rollout-kills.ts [KILLS] [SEED]
 *
 * 50 kills by default. Ends with 1 when something of this is not so.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { synthesize } from '../../cli/up/synthesize.ts';
import type { ModelResponse } from '../../contracts/api/catalog.ts';
import type { RolloutBody } from '../../contracts/api/rollouts.ts';
import type { RegisteredRelease } from '../../contracts/training-flow.ts';
import { firstBrokenRecord } from '../../core/audit/audit-record.ts';
import { seededRandom } from '../../core/stats/seeded-random.ts';
import { ask, asked, started, watch } from '../../test/e2e/api.ts';
import { auditChain } from '../../test/e2e/audit-chain.ts';
import { verb } from '../../test/e2e/command-line.ts';
import { type KillableRegion, startKillableRegion } from '../../test/e2e/killable-region.ts';
import { liveTraffic } from './rollouts/live-traffic.ts';
import { CUSTOMERS, writeShopFiles } from './rollouts/shop-files.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MODEL = 'good';
const PATH = `/v1/models/${MODEL}`;
const PER_SECOND = 60;
const LONGEST_LIFE_MS = 6_000;
const MOST_TRIES = 60;

const kills = Number(process.argv[2] ?? 50);
const seed = Number(process.argv[3] ?? 1);
const random = seededRandom(seed);
const dir = await mkdtemp(join(tmpdir(), 'headgate-kills-'));
const stateDir = join(dir, 'state');
const definitionsDir = join(ROOT, 'test/e2e/definitions-rollout/before'); // of a quick pace: many rollouts for the kills
const { signal } = new AbortController();
const assemblyDir = await synthesize({ rootDir: ROOT, definitionsDir, stateDir, signal });
const wrongs: string[] = [];
const statuses = new Map<number, number>();
const killedIn = new Map<string, number>();

let region: KillableRegion = await startKillableRegion(assemblyDir, stateDir);
try {
  const files = await writeShopFiles(dir, new Date());
  await verb(region.url, ['ingest', 'order_habit', files.orders, '--history']);
  await verb(region.url, ['materialize']);
  await letOneOut();
  say('the first release answers');
  for (let kill = 1; kill <= kills; kill++) await killOnce(kill);
  await untilQuiet();
  await check();
} finally {
  await region.kill();
  await rm(assemblyDir, { recursive: true, force: true });
  await rm(dir, { recursive: true, force: true });
}
for (const wrong of wrongs) console.error(`NOT SO: ${wrong}`);
process.exitCode = wrongs.length === 0 ? 0 : 1;

/** Trains and waits until the release answers. */
async function letOneOut(): Promise<void> {
  const { output } = await watch(region.url, await started(region.url, `${PATH}/trainings`));
  const { rolloutId } = output as RegisteredRelease; // what the flow ends with
  while ((await rolloutOf(rolloutId))?.outcome == null) await sleep(100);
}

async function killOnce(kill: number): Promise<void> {
  await answering();
  const running = await runningRollout();
  if (running === null) {
    // one at a time: the next begins when the last has ended
    const { output } = await watch(region.url, await started(region.url, `${PATH}/trainings`));
    const { rolloutId } = output as RegisteredRelease; // what the flow ends with
    while ((await rolloutOf(rolloutId)) === null) await sleep(20);
  }
  const traffic = liveTraffic(region.url, MODEL, {
    customers: CUSTOMERS,
    perSecond: PER_SECOND,
    random,
    endsWithRegion: true,
  });
  await sleep(random() * LONGEST_LIFE_MS);
  const last = (await rollouts())[0];
  const phase = last?.outcome === null ? last.phase : 'between rollouts';
  killedIn.set(phase, (killedIn.get(phase) ?? 0) + 1);
  await region.kill();
  for (const { status } of await traffic.stop()) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  region = await startKillableRegion(assemblyDir, stateDir);
  say(`kill ${kill} of ${kills}, in ${phase}`);
}

/** Endpoints come into service a moment after the region's start. */
async function answering(): Promise<void> {
  for (;;) {
    const { status } = await ask(region.url, `${PATH}/predictions`, { entities: { customer_id: 1 } });
    if (status === 200) return;
    if (status !== 503) wrongs.push(`a prediction after a restart answered ${status}`);
    await sleep(50);
  }
}

async function untilQuiet(): Promise<void> {
  const traffic = liveTraffic(region.url, MODEL, { customers: CUSTOMERS, perSecond: PER_SECOND, random });
  const giveUpAt = Date.now() + 180_000;
  while ((await runningRollout()) !== null && Date.now() < giveUpAt) await sleep(200);
  for (const { status } of await traffic.stop()) statuses.set(status, (statuses.get(status) ?? 0) + 1);
}

async function check(): Promise<void> {
  const all = await rollouts();
  const chain = await auditChain(region.url, MODEL);
  const { route } = await asked<ModelResponse>(region.url, PATH);
  claim(route?.champion != null, 'there is no champion');
  claim(route?.challenger === null && route.shadow === null, 'an arm of a rollout is left in the route');
  claim(firstBrokenRecord(chain) === null, 'the audit chain is broken');
  const outcomes = new Map<string, number>();
  for (const { rolloutId, outcome, phase } of all) {
    outcomes.set(outcome ?? `stuck in ${phase}`, (outcomes.get(outcome ?? `stuck in ${phase}`) ?? 0) + 1);
    claim(outcome !== null, `rollout ${rolloutId} is stuck in ${phase}`);
    const told = (action: string) =>
      chain.filter((record) => record.action === action && record.detail['rolloutId'] === rolloutId).length;
    claim(told('rollout.begun') === 1, `${rolloutId} was begun ${told('rollout.begun')} times by the audit`);
    if (outcome !== null)
      claim(told(`rollout.${outcome}`) === 1, `${rolloutId} was ${outcome} ${told(`rollout.${outcome}`)} times`);
  }
  const newest = all.find(({ outcome }) => outcome === 'promoted');
  claim(newest?.releaseId === route?.champion?.releaseId, 'the champion is not the release that was promoted last');
  for (const status of statuses.keys()) claim(status === 200 || status === 503, `a request was answered ${status}`);
  const list = (counts: ReadonlyMap<string | number, number>) =>
    [...counts].map(([name, n]) => `${name} ${n}`).join(', ');
  console.log(`seed ${seed}: ${kills} kills (${list(killedIn)})`);
  console.log(
    `${all.length} rollouts: ${list(outcomes)}; ${chain.length} audit records; requests by status: ${list(statuses)}`,
  );
  console.log(wrongs.length === 0 ? 'Everything claimed is so.' : `${wrongs.length} claims are not so.`);
}

/** A region that has just come up, on a machine that others use too, may have no time to answer at once. */
async function rollouts(): Promise<readonly RolloutBody[]> {
  const path = `${PATH}/rollouts?limit=200`;
  for (let tries = 1; tries < MOST_TRIES; tries++) {
    const { status, body } = await ask<{ readonly rollouts: readonly RolloutBody[] }>(region.url, path);
    if (status !== 503) return body.rollouts;
    await sleep(500);
  }
  return (await asked<{ readonly rollouts: readonly RolloutBody[] }>(region.url, path)).rollouts;
}

async function runningRollout(): Promise<RolloutBody | null> {
  return (await rollouts()).find(({ outcome }) => outcome === null) ?? null;
}

async function rolloutOf(id: string): Promise<RolloutBody | null> {
  const { status, body } = await ask<RolloutBody>(region.url, `/v1/rollouts/${id}`);
  return status === 200 ? body : null;
}

function claim(isSo: boolean, what: string): void {
  if (!isSo) wrongs.push(what);
}

function say(what: string): void {
  console.error(`${new Date().toISOString().slice(11, 19)} ${what}`);
}
