/** Rows over the stream of the real templates: stored in both stores, over a stop; set aside, given up, and replayed. */

import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { FeatureViewResponse } from '../../contracts/api/catalog.ts';
import type { DeadLettersResponse, ReplayDeadLettersResponse } from '../../contracts/api/dead-letters.ts';
import type { GetOnlineFeaturesResponse } from '../../contracts/api/feast.ts';
import { type RunningRegion, startRegion } from '../../local/region.ts';
import { jsonCall } from '../local/json-call.ts';
import { asked } from './api.ts';
import { assemblyWithout } from './assembly-without.ts';
import { headgate, verb } from './command-line.ts';
import { sharedAssembly } from './shared-assembly.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 }); // machines differ

const folder = temporaryFolder();
const stateDir = join(folder, 'state');
const DAY = '2026-03-01T12:00:00Z';

let assemblyDir: string;
let region: RunningRegion;
const up = async (assembly = assemblyDir) => {
  region = await startRegion({ assemblyDir: assembly, stateDir, apiPort: 0, awsPort: 0, speed: 20 });
};

beforeAll(async () => {
  assemblyDir = await sharedAssembly();
  await up();
});
afterAll(() => region?.stop());

async function put(...records: readonly (object | string)[]): Promise<void> {
  const { body } = await jsonCall(region, 'ssm', 'AmazonSSM.GetParameter', { Name: '/headgate/dev/event-stream' });
  const StreamName = (body['Parameter'] as { readonly Value: string }).Value;
  const Records = records.map((record, i) => ({
    PartitionKey: String(i % 7),
    Data: Buffer.from(typeof record === 'string' ? record : JSON.stringify(record)).toString('base64'),
  }));
  const answer = await jsonCall(region, 'kinesis', 'Kinesis_20131202.PutRecords', { StreamName, Records });
  expect(answer.body).toMatchObject({ FailedRecordCount: 0 });
}

const order = (n: number, amount: unknown = n) => ({
  source: 'orders',
  row: { order_id: `S${n}`, customer_id: n, ordered_at: DAY, amount, channel: 'app' },
});
const rows = async () => (await asked<FeatureViewResponse>(region.apiUrl, '/v1/feature-views/last_order')).source.rows;
const letters = () => asked<DeadLettersResponse>(region.apiUrl, '/v1/dead-letters');
const eventually = (look: () => unknown) => expect.poll(look, { timeout: 60_000, interval: 50 });

async function online(customers: readonly number[]): Promise<readonly unknown[]> {
  const answer = await asked<GetOnlineFeaturesResponse>(region.apiUrl, '/get-online-features', {
    features: ['last_order:amount_cents'],
    entities: { customer_id: customers },
  });
  return answer.results[1]!.values;
}

it('stores what was put, over a stop right after the put, once each, in both stores', async () => {
  await put(...Array.from({ length: 50 }, (_, i) => order(i + 1)));
  await region.stop();
  await up();
  await eventually(rows).toBe(50);
  expect(await online([1, 25, 50])).toEqual([100, 2500, 5000]);
  await verb(region.apiUrl, ['materialize', 'last_order']);
  const { offline } = await asked<FeatureViewResponse>(region.apiUrl, '/v1/feature-views/last_order');
  expect(offline.rows).toBe(50);
});

it('sets aside what cannot be stored, and stores its neighbours', async () => {
  await put(order(51), 'no json', order(52, 'much'), order(53));
  await eventually(async () => [await rows(), (await letters()).total]).toEqual([52, 2]);
  const replayed = await headgate(['replay', '--url', region.apiUrl]);
  expect([replayed.code, replayed.stdout]).toEqual([1, expect.stringContaining('amount: not a number')]);
});

it('gives up what cannot be stored for hours, with its bytes, and a replay stores it when that is over', async () => {
  await region.stop();
  await up(assemblyWithout(assemblyDir, folder, 'FunctionsIngestionConsumeStream', 'dynamodb:UpdateItem'));
  await put(...Array.from({ length: 20 }, (_, i) => order(i + 101)));
  await eventually(async () => (await letters()).givenUpBatches).toBeGreaterThan(0);
  await region.stop();
  await up();
  const replay = () =>
    asked<ReplayDeadLettersResponse>(region.apiUrl, '/v1/dead-letters/replays', { source: 'orders' });
  await eventually(async () => {
    await replay();
    return rows();
  }).toBe(72);
  expect(await online([101, 120])).toEqual([10_100, 12_000]);
  expect((await letters()).givenUpBatches).toBe(0);
});
