/** A region that is killed at any moment, started again over the same folder, loses nothing and goes on. */

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { FeatureViewResponse, ModelResponse } from '../../contracts/api/catalog.ts';
import type { EvidenceResponse } from '../../contracts/api/evidence.ts';
import type { GetOnlineFeaturesResponse, PushResponse } from '../../contracts/api/feast.ts';
import type { IngestionReport, OpenIngestionResponse } from '../../contracts/api/ingestions.ts';
import type { RecordOutcomesResponse } from '../../contracts/api/outcomes.ts';
import { seededRandom } from '../../core/stats/seeded-random.ts';
import { type Answer, ask, asked, started, watch } from './api.ts';
import { type KillableRegion, launchRegion, processesLeftBy, startKillableRegion } from './killable-region.ts';
import type { EntityAnswer } from './release-model.ts';
import { sharedAssembly } from './shared-assembly.ts';
import { agedBetween, csvOf, shopOrders } from './shop-orders.ts';
import { steadyPredictions } from './steady-predictions.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 }); // machines differ

const SEED = Number(process.env['HEADGATE_TEST_SEED'] ?? 23);
const random = seededRandom(SEED);
const stateDir = join(temporaryFolder(), 'state');
const orders = shopOrders();
const customers = [...new Set(orders.map((order) => order.customer_id))];

let assemblyDir: string;
let region: KillableRegion;
beforeAll(async () => {
  assemblyDir = await sharedAssembly();
});
afterAll(() => region?.kill());

/** Kills the region after up to `withinMs`, sees that nothing of it is left, and starts it again. */
async function killAndRestart(withinMs = 0): Promise<void> {
  await sleep(random() * withinMs);
  await region.kill();
  expect(await processesLeftBy(stateDir)).toEqual([]);
  region = await startKillableRegion(assemblyDir, stateDir);
}

/** Lets an execution run to its end, with a kill at each of the steps that it can be seen in. */
async function runThroughKills(executionId: string, steps: readonly string[]): Promise<unknown> {
  for (const step of steps) {
    await watch(region.url, executionId, (seen) => seen.step === step);
    await killAndRestart(100);
  }
  const ended = await watch(region.url, executionId);
  expect([ended.status, ended.step, ended.error]).toEqual(['SUCCEEDED', ended.step, null]);
  return ended.output;
}

const facts = (fileName: string, content: string) => ({
  fileName,
  sizeBytes: Buffer.byteLength(content),
  sha256: createHash('sha256').update(content).digest('hex'),
  history: true,
});

async function startIngestion(fileName: string, content: string): Promise<string> {
  const path = '/v1/feature-views/order_habit/ingestions';
  const opened = await asked<OpenIngestionResponse>(region.url, path, facts(fileName, content));
  const { method, url, headers } = opened.upload!;
  expect((await fetch(url, { method, headers, body: content })).status).toBe(200);
  return started(region.url, `${path}/${opened.ingestionId}`, facts(fileName, content));
}

const view = (name: string) => asked<FeatureViewResponse>(region.url, `/v1/feature-views/${name}`);

it('while it comes up for the first time: the next start ends what it began', async () => {
  for (const moment of [0.2, 0.4, 0.6, 0.8]) {
    const { isUp, kill } = launchRegion(assemblyDir, stateDir);
    await Promise.race([isUp, sleep(2_000 * (moment + 0.2 * random()))]);
    await kill();
    expect(await processesLeftBy(stateDir)).toEqual([]);
  }
  region = await startKillableRegion(assemblyDir, stateDir);
  const model = await asked<ModelResponse>(region.url, '/v1/models/returning');
  expect(model.route).toMatchObject({ endpointName: 'headgate-dev-returning', champion: null });
});

it('while files are loaded: each is loaded once and whole', async () => {
  let rows = 0;
  for (const [fileName, part] of [
    ['older.csv', agedBetween(orders, 99, 20)],
    ['newer.csv', agedBetween(orders, 20, -1)],
  ] as const) {
    const content = csvOf(part, ['bad,,,,']);
    const executionId = await startIngestion(fileName, content);
    await killAndRestart(250);
    const { output } = await watch(region.url, executionId);
    expect(output).toMatchObject({ rowsRead: part.length + 1, rowsWritten: part.length, rowsQuarantined: 1 });
    rows += part.length;
    expect((await view('order_habit')).source.rows).toBe(rows);
    const again = await asked<OpenIngestionResponse>(
      region.url,
      '/v1/feature-views/order_habit/ingestions',
      facts(fileName, content),
    );
    expect(again.state).toBe('committed');
    expect((again.report as IngestionReport).rowsWritten).toBe(part.length);
  }
});

it('while views are materialized: every row and every item is there once', async () => {
  for (const [name, steps] of [
    ['order_habit', ['Compute', 'Export']],
    ['last_order', ['Commit', 'WriteOnline']],
  ] as const) {
    await runThroughKills(await started(region.url, `/v1/feature-views/${name}/materializations`), steps);
  }
  expect((await view('last_order')).offline.rows).toBe(orders.length);
  const online = await asked<GetOnlineFeaturesResponse>(region.url, '/get-online-features', {
    feature_service: 'returning',
    entities: { customer_id: customers },
  });
  const amount = online.metadata.feature_names.indexOf('amount_cents');
  expect(online.results[amount]?.statuses).toEqual(customers.map(() => 'PRESENT'));
});

it('while a model is trained and rolled out: it is promoted in the end, once', async () => {
  const training = await started(region.url, '/v1/models/returning/trainings');
  const trained = await runThroughKills(training, ['Join', 'Train', 'Score', 'RegisterRelease']);
  const { rolloutId } = trained as { rolloutId: string };
  const rollout = await runThroughKills(`rollout:${rolloutId}`, ['PointEndpoint', 'WaitForEndpoint']);
  expect(rollout).toMatchObject({ outcome: 'promoted' });
  const model = await asked<ModelResponse>(region.url, '/v1/models/returning');
  expect(model.route?.champion).toMatchObject({ releaseId: model.newestRelease?.releaseId });
});

it('while predictions are asked for, outcomes recorded and rows pushed: all that was answered is kept', async () => {
  await firstAnswer();
  const steady = steadyPredictions(region.url, 'returning', customers.length);
  const pushed = pushUntilGone(region.url);
  await steady.answered(20);
  await killAndRestart(200);
  const answers = (await steady.stop()).flat();
  expect(answers.length).toBeGreaterThanOrEqual(20);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  for (const { body } of answers) {
    const { predictionId, prediction, features } = body;
    const evidence = await asked<EvidenceResponse>(region.url, `/v1/predictions/${predictionId}`);
    expect(evidence).toMatchObject({ predictionId, prediction, features });
  }
  const { accepted, refused } = await pushed;
  expect(refused).toBeNull();
  expect(accepted).toBeGreaterThan(0);
  // the push that the kill cut off may have been stored, and has not been answered
  expect([accepted, accepted + 1]).toContain((await view('last_order')).source.rows - orders.length);
  const online = await asked<GetOnlineFeaturesResponse>(region.url, '/get-online-features', {
    features: ['last_order:amount_cents'],
    entities: { customer_id: [PUSHED_CUSTOMER] },
  });
  expect([accepted, accepted + 1]).toContain(online.results[1]?.values[0]);

  const outcomes = answers.slice(0, 100).map(({ body }) => ({
    predictionId: body.predictionId,
    value: true,
    occurredAt: '2026-06-01T00:00:00Z',
  }));
  const record = () => asked<RecordOutcomesResponse>(region.url, '/v1/models/returning/outcomes', { outcomes });
  expect((await record()).counts).toEqual({ recorded: outcomes.length });
  await killAndRestart();
  expect((await record()).counts).toEqual({ duplicate: outcomes.length });
});

it('and the loop goes on: the next release replaces this one through more kills', async () => {
  const training = await started(region.url, '/v1/models/returning/trainings');
  const trained = await runThroughKills(training, ['Seal']);
  const { rolloutId, releaseId } = trained as { rolloutId: string; releaseId: string };
  await runThroughKills(`rollout:${rolloutId}`, ['CheckEndpoint', 'FlipRoute']);
  expect((await firstAnswer()).releaseId).toBe(releaseId);
});

const PUSHED_CUSTOMER = 5_000;

/** One push after the other, the n-th with an amount of n cents, until one is refused or the region has gone. */
async function pushUntilGone(url: string): Promise<{ accepted: number; refused: Answer<PushResponse> | null }> {
  const beganAt = Date.now();
  for (let accepted = 0; ; accepted++) {
    const df = {
      order_id: [`P${accepted + 1}`],
      customer_id: [PUSHED_CUSTOMER],
      ordered_at: [new Date(beganAt + accepted).toISOString()],
      amount: [(accepted + 1) / 100],
      channel: [null],
    };
    const push = { push_source_name: 'last_order', df, to: 'online_and_offline' };
    const answer = await ask<PushResponse>(url, '/push', push).catch(() => null);
    if (answer === null) return { accepted, refused: null };
    if (answer.status !== 200 || answer.body.accepted !== 1) return { accepted, refused: answer };
  }
}

/** Endpoints come into service a moment after the region's start. */
async function firstAnswer(): Promise<EntityAnswer> {
  for (;;) {
    const answer = await ask<EntityAnswer>(region.url, '/v1/models/returning/predictions', {
      entities: { customer_id: customers[0] },
    });
    if (answer.status === 200) return answer.body;
    expect(answer.status).toBe(503);
    await sleep(50);
  }
}
