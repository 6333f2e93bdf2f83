import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import { sourceTable, viewTable } from '../../core/offline/table-layout.ts';
import { unpackRow } from '../../core/serving/packed-row.ts';
import { type FeatureStoreLab, featureStoreLab, materialize, NOW, OFFLINE, type Order } from './feature-store-lab.ts';

const ORDERS: readonly Order[] = [
  { customer: 1, daysAgo: 40, amount: 10, country: 'FR' },
  { customer: 1, daysAgo: 5.5, amount: 2.25, country: 'DE' },
  { customer: 2, daysAgo: 31, amount: 7, country: null },
];

let lab: FeatureStoreLab;
beforeEach(async () => {
  lab = await featureStoreLab();
});
afterEach(() => lab.close());

const table = (view: string) => viewTable(view, resolveView(lab.definitions, view).version);

/** What the online store holds of a view: values by customer. */
async function served(view: string, customer: number) {
  const { version, view: definition } = resolveView(lab.definitions, view);
  const { items } = await lab.online.read([{ entity: 'customer', key: [customer], view, version }], []);
  const [item] = items;
  return item == null
    ? null
    : { values: unpackRow(definition.features, item.values), at: new Date(item.eventTimeMs).toISOString() };
}

describe('materializing an aggregated view', () => {
  it('computes every tick up to now, and brings the newest row of each customer online', async () => {
    await lab.ingest(ORDERS, 'load-1');
    const { plan, committed, written } = await materialize(lab, 'customer_spend', 'one');

    expect(plan).toMatchObject({
      action: 'compute',
      view: 'customer_spend',
      materializedToMs: Date.parse('2026-03-01'),
    });
    expect(committed).toMatchObject({
      rows: 31 + 6 + 31, // customer 1 twice, with the tick at which the window is empty; customer 2 once
      oldestEventTime: '2026-01-20T00:00:00.000Z',
      newestEventTime: '2026-03-01T00:00:00.000Z',
    });
    expect(written).toEqual({ done: true, cursor: null, written: 2, stale: 0 });
    expect(await served('customer_spend', 1)).toEqual({ values: [2.25], at: '2026-03-01T00:00:00.000Z' });
    expect(await served('customer_spend', 2)).toEqual({ values: [null], at: '2026-02-28T00:00:00.000Z' });
    const head = await lab.tables.head(table('customer_spend'));
    expect(head.onlineToMs).toBe(head.watermarkMs);
  });

  it('goes on where the last run ended, and says when nothing is due', async () => {
    await lab.ingest(ORDERS, 'load-1');
    await materialize(lab, 'customer_spend', 'one');
    const again = await materialize(lab, 'customer_spend', 'two');
    expect(again.plan).toEqual({
      action: 'nothing',
      view: 'customer_spend',
      version: expect.stringMatching(/^[0-9a-f]{12}$/),
      because:
        'view customer_spend is computed up to 2026-03-01T00:00:00.000Z, and no tick lies between 2026-03-02T00:00:00.000Z and 2026-03-01T00:00:00.000Z; to compute earlier ticks again ask for a range',
    });

    lab.clock.advance(DAY_MS);
    const next = await materialize(lab, 'customer_spend', 'three');
    expect(next.committed).toMatchObject({ rows: 1, oldestEventTime: '2026-03-02T00:00:00.000Z' });
    expect(next.written).toMatchObject({ written: 1, stale: 0 });
    expect(await served('customer_spend', 1)).toEqual({ values: [2.25], at: '2026-03-02T00:00:00.000Z' });
  });

  it('computes a range again as later rows, which never go back online in time', async () => {
    await lab.ingest(ORDERS, 'load-1');
    await materialize(lab, 'customer_spend', 'one');
    const range = { fromMs: Date.parse('2026-02-01'), toMs: Date.parse('2026-02-03') };
    const { plan, committed, written } = await materialize(lab, 'customer_spend', 'backfill', range);
    expect(committed).toMatchObject({ rows: 6, oldestEventTime: '2026-02-01T00:00:00.000Z' });
    expect(written).toEqual({ done: true, cursor: null, written: 0, stale: 2 });
    const head = await lab.tables.head(table('customer_spend'));
    expect(head).toMatchObject({ materializedToMs: Date.parse('2026-03-01'), watermarkMs: plan.loadedAtMs });
  });

  it('stops at an instant that was asked for', async () => {
    await lab.ingest(ORDERS, 'load-1');
    const { plan } = await materialize(lab, 'customer_spend', 'one', { toMs: Date.parse('2026-02-10T07:00Z') });
    expect(plan.materializedToMs).toBe(Date.parse('2026-02-10'));
    expect(await served('customer_spend', 1)).toEqual({ values: [10], at: '2026-02-10T00:00:00.000Z' });
  });
});

describe('materializing a row-level view', () => {
  it('takes what was loaded since the last run, late rows too', async () => {
    await lab.ingest(ORDERS, 'load-1');
    await materialize(lab, 'last_order', 'one');
    expect((await served('last_order', 1))?.values[0]).toBe('DE');

    lab.clock.advance(HOUR_MS);
    const late: Order[] = [
      { customer: 1, daysAgo: 20, amount: 1, country: 'IT' },
      { customer: 2, daysAgo: 1, amount: 1, country: 'ES' },
    ];
    await lab.ingest(late, 'load-2');
    const { committed, written } = await materialize(lab, 'last_order', 'two');
    expect(committed).toMatchObject({ rows: 2 });
    expect(written).toMatchObject({ written: 1, stale: 1 });
    expect((await served('last_order', 1))?.values[0]).toBe('DE');
    expect((await served('last_order', 2))?.values[0]).toBe('ES');
    expect((await materialize(lab, 'last_order', 'three')).plan).toMatchObject({
      action: 'nothing',
      because: expect.stringContaining('holds every row of source orders'),
    });
  });
});

describe('what goes wrong', () => {
  it('names the source to ingest when there is nothing to compute from', async () => {
    expect((await materialize(lab, 'customer_spend', 'one')).plan).toMatchObject({
      action: 'nothing',
      because: 'source orders has no rows yet; ingest some first',
    });
  });

  it('names the views there are for one that is not', async () => {
    const asked = lab.plan({ view: 'spending', cause: 'test', executionName: 'one' });
    await expect(asked).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining('last_order'),
    });
  });

  it('refuses a range that ends before it begins, and a request that is none', async () => {
    await lab.ingest(ORDERS, 'load-1');
    const backwards = { view: 'customer_spend', cause: 'test', executionName: 'one', fromMs: 2, toMs: 1 };
    await expect(lab.plan(backwards)).rejects.toMatchObject({ name: 'InvalidInputError' });
    await expect(lab.plan({ view: 'customer_spend' })).rejects.toThrow();
  });

  it('lets one run write a table at a time, and resumes the run of the same execution', async () => {
    await lab.ingest(ORDERS, 'load-1');
    const ask = { view: 'customer_spend', cause: 'test', executionName: 'one' };
    const plan = await lab.plan(ask);
    await expect(lab.plan({ ...ask, executionName: 'two' })).rejects.toMatchObject({ name: 'TableBusyError' });
    expect(await lab.plan(ask)).toEqual(plan);
  });

  it('cleans what a dead run left, and the dead run cannot commit any more', async () => {
    await lab.ingest(ORDERS, 'load-1');
    const dead = await lab.plan({ view: 'customer_spend', cause: 'test', executionName: 'dead' });
    await lab.refresh();
    await lab.athena.unload(dead.query);
    lab.clock.advance(4 * HOUR_MS);
    const { committed } = await materialize(lab, 'customer_spend', 'alive');
    expect(committed.rows).toBe(68);
    await expect(lab.commit({ plan: dead })).rejects.toMatchObject({ name: 'ConflictError' });
    const left = (await lab.objects.list(OFFLINE, 'view/')).filter(({ key }) => key.includes(dead.runId));
    expect(left).toEqual([]);
  });

  it('commits and writes online again without changing anything', async () => {
    await lab.ingest(ORDERS, 'load-1');
    const { plan, committed } = await materialize(lab, 'customer_spend', 'one');
    expect(await lab.commit({ plan })).toMatchObject({ rows: committed.rows, online: { action: 'nothing' } });
    expect(await lab.writeOnline({ online: committed.online, cursor: null })).toMatchObject({ done: true });
    expect(lab.online.all().length).toBe(2);
    expect((await lab.tables.head(table('customer_spend'))).rows).toBe(68);
  });

  it('brings online what an earlier execution committed and did not bring online', async () => {
    await lab.ingest(ORDERS, 'load-1');
    const plan = await lab.plan({ view: 'customer_spend', cause: 'test', executionName: 'died' });
    await lab.refresh();
    await lab.athena.unload(plan.query);
    await lab.commit({ plan });
    const next = await materialize(lab, 'customer_spend', 'next');
    expect(next.plan.action).toBe('online-only');
    expect(next.written).toMatchObject({ done: true, written: 2 });
  });

  it('refuses to commit a run of a version that is no longer live', async () => {
    await lab.ingest(ORDERS, 'load-1');
    const plan = await lab.plan({ view: 'customer_spend', cause: 'test', executionName: 'one' });
    const commit = lab.commit({ plan: { ...plan, version: 'ffffffffffff' } });
    await expect(commit).rejects.toThrow(
      /version ffffffffffff of view customer_spend is not live; live are [0-9a-f]{12}/,
    );
  });

  it('hands on its place when its time is up', async () => {
    await lab.ingest(ORDERS, 'load-1');
    const plan = await lab.plan({ view: 'customer_spend', cause: 'test', executionName: 'one' });
    await lab.refresh();
    await lab.athena.unload(plan.query);
    const { online } = await lab.commit({ plan });
    await lab.refresh();
    await lab.athena.unload(online.query);
    const { write } = lab.online;
    lab.online.write = async (items) => {
      lab.clock.advance(11 * 60_000);
      return write(items);
    };
    const first = await lab.writeOnline({ online, cursor: null });
    expect(first).toMatchObject({ done: false, written: 1 });
    const second = await lab.writeOnline({ online, cursor: first.cursor });
    expect(second).toEqual({ done: true, cursor: null, written: 1, stale: 0 });
    expect((await lab.tables.head(sourceTable('orders'))).watermarkMs).toBe(NOW);
  });
});
