/** What a model would have seemed to know: a history is restated so that it gives the label away, and the leak meter finds it. */

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TrainResult } from '../../cli/verbs/train.ts';
import type { ReleaseListResponse } from '../../contracts/api/catalog.ts';
import type { LeakCheckListResponse } from '../../contracts/api/operations.ts';
import type { LeakReport } from '../../contracts/leak-check.ts';
import { DAY_MS } from '../../core/clock.ts';
import { type RunningRegion, startRegion } from '../../local/region.ts';
import { headgate, verb } from './command-line.ts';
import { sharedAssembly } from './shared-assembly.ts';
import { agedBetween, csvOf, type Order, shopOrders, writeFiles } from './shop-orders.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 180_000 }); // machines differ

const folder = temporaryFolder();
const orders = agedBetween(shopOrders(), 99, -1);

/** The same orders, their amounts told later to be the days until the customer comes again: what the label asks. */
function restated(): readonly Order[] {
  return orders.map((order) => {
    const at = Date.parse(order.ordered_at);
    const next = orders.find((other) => other.customer_id === order.customer_id && Date.parse(other.ordered_at) > at);
    const days = next === undefined ? 99 : (Date.parse(next.ordered_at) - at) / DAY_MS;
    return { ...order, amount: Math.round(days * 100) / 100 };
  });
}

const files = writeFiles(folder, { 'orders.csv': csvOf(orders), 'restated.csv': csvOf(restated()) });

let region: RunningRegion;
let url: string;
let clean: LeakReport;
let leaking: LeakReport;
beforeAll(async () => {
  const stateDir = join(folder, 'state');
  region = await startRegion({ assemblyDir: await sharedAssembly(), stateDir, apiPort: 0, awsPort: 0, speed: 50 });
  url = region.apiUrl;
  await verb(url, ['ingest', 'order_habit', files['orders.csv'], '--history']);
  await verb(url, ['materialize']);
});
afterAll(() => region?.stop());

const get = async <T>(path: string) => (await (await fetch(`${url}${path}`)).json()) as T;
const sharesOf = ({ features }: LeakReport) =>
  Object.fromEntries(features.filter(({ changed }) => changed > 0).map(({ ref, share }) => [ref, share]));

describe('headgate leak-check', () => {
  it('has nothing to compare with before there is a release', async () => {
    const ran = await headgate(['leak-check', 'returning', '--url', url]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('train it first')]);
  });

  it('finds nothing where nothing was restated, and the metric to the last digit', async () => {
    const { releaseId } = await verb<TrainResult>(url, ['train', 'returning']);
    clean = await verb<LeakReport>(url, ['leak-check', 'returning']);
    expect(clean).toMatchObject({ model: 'returning', releaseId, because: expect.stringContaining('nothing leaks') });
    expect(sharesOf(clean)).toEqual({});
    expect(clean.features).toHaveLength(5);
    expect(clean.metrics['auc']).toMatchObject({ difference: 0, standardError: 0 });
  });

  it('names the feature that was restated, and how much better the model would have looked', async () => {
    await verb(url, ['ingest', 'order_habit', files['restated.csv']]);
    await verb(url, ['materialize']);
    const { releaseId } = await verb<TrainResult>(url, ['train', 'returning']);
    const before = await get<object>('/v1/models/returning');
    leaking = await verb<LeakReport>(url, ['leak-check', 'returning']);
    expect(leaking.releaseId).toBe(releaseId);
    expect(Object.keys(sharesOf(leaking))).toEqual(['last_order:amount_cents']);
    expect(sharesOf(leaking)['last_order:amount_cents']).toBeGreaterThan(0.9);
    const { auc } = leaking.metrics;
    expect(auc!.difference).toBeGreaterThan(3 * auc!.standardError!);
    expect(auc!.without).toBeGreaterThan(0.9);
    expect(leaking.because).toMatch(
      /^values that were not known yet would get into last_order:amount_cents in .* auc /,
    );
    expect(await get('/v1/models/returning')).toEqual(before); // route, endpoint and newest release
  });

  it('registers nothing, and keeps its reports', async () => {
    const { releases } = await get<ReleaseListResponse>('/v1/models/returning/releases');
    expect(releases.map(({ releaseId }) => releaseId)).toEqual([leaking.releaseId, clean.releaseId]);
    const { checks } = await get<LeakCheckListResponse>('/v1/models/returning/leak-checks');
    expect(checks).toEqual([leaking, clean]);
  });

  it('tells a person the same', async () => {
    const ran = await headgate(['leak-check', 'returning', '--url', url]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/last_order:amount_cents +[\d,]+ +[\d,]+ +\d/);
    expect(ran.stdout).toContain(leaking.because);
  });
});
