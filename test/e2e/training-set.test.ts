/** A training set as a data scientist makes it: a file of customers and instants in, Parquet out, and the same bytes again later. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TrainingSetResponse } from '../../contracts/api/training-sets.ts';
import { DAY_MS } from '../../core/clock.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { type RunningRegion, startRegion } from '../../local/region.ts';
import { headgate, verb } from './command-line.ts';
import { sharedAssembly } from './shared-assembly.ts';
import { agedBetween, csvOf, shopOrders, writeFiles } from './shop-orders.ts';
import { temporaryFolder } from './temporary-folder.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 }); // machines differ

type Made = TrainingSetResponse & { readonly wasThere: boolean };

const folder = temporaryFolder();
const orders = shopOrders();
/** Every customer at 8:30 on three days, and rows whose customer is unknown or not given. */
const askedAt = [40, 21, 5].map((age) => Math.floor(Date.now() / DAY_MS) * DAY_MS - age * DAY_MS + 8.5 * 3_600_000);
const rows = [
  ...askedAt.flatMap((at) => Array.from({ length: 200 }, (_, i) => ({ customer: i + 1, at }))),
  { customer: 99_999, at: askedAt[0]! },
  { customer: null, at: askedAt[0]! },
];
/** One more, later than everything: it sees what has come until then. */
const lateCustomer = orders[0]!.customer_id;
const allRows = [...rows, { customer: lateCustomer, at: Date.now() + 3_600_000 }];
const files = writeFiles(folder, {
  'orders.csv': csvOf(agedBetween(orders, 99, -1)),
  'late.csv': csvOf([{ ...orders[0]!, order_id: 'LATE', amount: 1, ordered_at: new Date().toISOString() }]),
  'entities.csv': `${['who,event_timestamp,n', ...allRows.map(({ customer, at }, n) => `${customer ?? ''},${new Date(at).toISOString()},${n}`)].join('\n')}\n`,
});
const features = 'order_habit:orders_7d,order_habit:spend_28d,last_order:channel,last_order:amount_cents';
const request = [
  'training-set',
  '--features',
  features,
  '--entities',
  files['entities.csv'],
  '--map',
  'who=customer_id',
];

let region: RunningRegion;
let url: string;
beforeAll(async () => {
  const stateDir = join(folder, 'state');
  region = await startRegion({ assemblyDir: await sharedAssembly(), stateDir, apiPort: 0, awsPort: 0, speed: 20 });
  url = region.apiUrl;
  await verb(url, ['ingest', 'order_habit', files['orders.csv'], '--history']);
});
afterAll(() => region?.stop());

async function columnsOf(path: string): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const file = await hyparquetFiles.open(readFileSync(path));
  for await (const { columns } of file.batches()) return columns;
  throw new Error(`${path} has no rows`);
}

/** What a row sees, counted in the plainest way. */
function expectedFor({ customer, at }: (typeof rows)[number]) {
  const tick = Math.floor(at / DAY_MS) * DAY_MS;
  const own = orders.filter((order) => order.customer_id === customer);
  const within = (days: number) =>
    own.filter(({ ordered_at }) => Date.parse(ordered_at) > tick - days * DAY_MS && Date.parse(ordered_at) <= tick);
  const spent = within(28).reduce((sum, { amount }) => sum + Math.round(amount * 100), 0) / 100;
  const last = own.filter(({ ordered_at }) => Date.parse(ordered_at) <= at).at(-1);
  return {
    orders: within(7).length,
    spend: within(28).length === 0 ? null : spent,
    channel: last?.channel ?? null,
    cents: last === undefined ? null : Math.round(last.amount * 100),
  };
}

describe('headgate training-set', () => {
  let first: Made;
  const out = join(folder, 'first.parquet');

  it('says what has to be done before there is anything to join', async () => {
    const ran = await headgate([...request, '--url', url]);
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('run: headgate materialize')]);
    await verb(url, ['materialize']);
  });

  it('gives every row what was known at its instant', async () => {
    first = await verb<Made>(url, [...request, '--out', out]);
    expect(first).toMatchObject({ rows: allRows.length, wasThere: false });
    const columns = await columnsOf(out);
    expect(columns['n']).toEqual(allRows.map((_, n) => BigInt(n)));
    expect(columns['customer_id']).toEqual(
      allRows.map(({ customer }) => (customer === null ? null : BigInt(customer))),
    );
    const found = rows.map((_, row) => ({
      orders: Number(columns['order_habit__orders_7d']![row] ?? 0), // no row at all, or a row that counts none
      spend: columns['order_habit__spend_28d']![row],
      channel: columns['last_order__channel']![row],
      cents: columns['last_order__amount_cents']![row],
    }));
    expect(found).toEqual(rows.map(expectedFor));
    expect(found.filter(({ orders: count }) => count > 0).length).toBeGreaterThan(100);
  });

  it('gives the same bytes again after more data has come, where a new set has others', async () => {
    await verb(url, ['ingest', 'order_habit', files['late.csv'], '--history']);
    await verb(url, ['materialize']);
    const again = join(folder, 'again.parquet');
    const made = await verb<Made>(url, ['training-set', '--reproduce', first.trainingSetId, '--out', again]);
    expect(made).toMatchObject({ trainingSetId: first.trainingSetId, wasThere: true });
    expect(readFileSync(again).equals(readFileSync(out))).toBe(true);

    const now = join(folder, 'now.parquet');
    const other = await verb<Made>(url, [...request, '--out', now]);
    expect(other.trainingSetId).not.toBe(first.trainingSetId);
    const [before, after] = [await columnsOf(out), await columnsOf(now)];
    const cents = (columns: typeof before) => columns['last_order__amount_cents']!;
    expect(cents(after).slice(0, -1)).toEqual(cents(before).slice(0, -1));
    expect([cents(before).at(-1), cents(after).at(-1)]).toEqual([expectedFor(allRows.at(-1)!).cents, 100]);
  });
});
