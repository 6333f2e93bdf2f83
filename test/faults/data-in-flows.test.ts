import { afterEach, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import { byName, type Definitions, resolveView } from '../../core/definitions/definitions.ts';
import type { Expectation } from '../../core/definitions/expectation.ts';
import { viewTable } from '../../core/offline/table-layout.ts';
import type { SourceRow } from '../../core/point-in-time/offline-row.ts';
import { unpackRow } from '../../core/serving/packed-row.ts';
import { bringOnline } from '../../lambdas/use-cases/ingestion/bring-online.ts';
import {
  ARTIFACTS,
  type FeatureStoreLab,
  featureStoreLab,
  materialize,
  NOW,
  OFFLINE,
  type Order,
} from '../handlers/feature-store-lab.ts';

let lab: FeatureStoreLab;
afterEach(() => lab.close());

const order = (customer: number, daysAgo: number, amount: number | null): Order => ({
  customer,
  daysAgo,
  amount,
  country: 'FR',
});

/** `last_order` with the amount instead of the country, and what it expects. */
const ofAmounts =
  (...expectations: readonly Expectation[]) =>
  (definitions: Definitions): Definitions => ({
    ...definitions,
    featureViews: definitions.featureViews.map((view) => {
      if (view.name !== 'last_order') return view;
      const compute = { kind: 'column' as const, column: 'amount' };
      return { ...view, expectations, features: [{ name: 'amount', type: 'float64', compute, description: '' }] };
    }),
  });

async function served(view: string, customer: number) {
  const { version, view: definition } = resolveView(lab.definitions, view);
  const { items } = await lab.online.read([{ entity: 'customer', key: [customer], view, version }], []);
  return items[0] == null ? null : unpackRow(definition.features, items[0].values);
}

const headOf = (view: string) => lab.tables.head(viewTable(view, resolveView(lab.definitions, view).version));

/** Cuts one file under a prefix short, or empties it. */
async function damage(prefix: string, keep: (bytes: Uint8Array) => Uint8Array): Promise<void> {
  const [file] = await lab.objects.list(OFFLINE, prefix);
  const place = { bucket: OFFLINE, key: file!.key };
  await lab.objects.put(place, keep(await lab.objects.get(place)), 'application/octet-stream');
}

const DAMAGES: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
  ['cut short', (bytes) => bytes.subarray(0, bytes.length - 20)],
  ['of zero bytes', () => new Uint8Array()],
  ['with its end overwritten', (bytes) => bytes.map((byte, i) => (i > bytes.length - 40 ? byte ^ 0xff : byte))],
];

describe('fault 46: numbers at the edges', () => {
  // minus zero and numbers that are none do not get past ingestion (data.test.ts)
  const amounts = [5e-324, Number.MAX_VALUE, -Number.MIN_VALUE, 0.1 + 0.2, 2 ** 53 + 2, null];

  it('a materialization serves what a push serves, bit by bit', async () => {
    lab = await featureStoreLab(ofAmounts());
    await lab.ingest(
      amounts.map((amount, i) => order(i + 1, 2, amount)),
      'load-1',
    );
    await materialize(lab, 'last_order', 'one');
    const materialized = await Promise.all(amounts.map((_, i) => served('last_order', i + 1)));
    await lab.close();

    lab = await featureStoreLab(ofAmounts());
    const load = { loadedAtMs: NOW, isFirst: true };
    const rows = amounts.map((amount, i): SourceRow => {
      const eventTimeMs = NOW - HOUR_MS;
      const values = { customer_id: i + 1, ordered_at: eventTimeMs, country: 'FR', amount, is_gift: null };
      return { values, eventTimeMs, knownAtMs: eventTimeMs, loadedAtMs: NOW, servedAtMs: NOW, seq: i + 1 };
    });
    const source = byName('source', lab.definitions.sources, 'orders');
    await bringOnline(lab, source, [resolveView(lab.definitions, 'last_order')], rows, load);
    const pushed = await Promise.all(amounts.map((_, i) => served('last_order', i + 1)));
    expect(pushed).toEqual(materialized);
    expect(pushed[0]).toEqual([5e-324]);
  });

  it('a number too large to add exactly counts as missing, and the sum of the others stays', async () => {
    lab = await featureStoreLab();
    await lab.ingest([order(1, 2, 1e300), order(1, 3, 0.1), order(1, 4, 0.2)], 'load-1');
    await materialize(lab, 'customer_spend', 'one');
    expect(await served('customer_spend', 1)).toEqual([0.3]);
  });
});

describe('fault 47: an empty window', () => {
  it('has a row that says so, at the first tick without events, and a sum of null, not 0 or NaN', async () => {
    lab = await featureStoreLab();
    await lab.ingest([order(1, 40, 5)], 'load-1');
    await materialize(lab, 'customer_spend', 'one');
    expect(await served('customer_spend', 1)).toEqual([null]);
  });
});

describe('fault 53: a row without its entity key', () => {
  // the source's column is required, so that such rows come only from files that others wrote into the store
  const keyless = { ...order(1, 2, 3), customer: null as unknown as number };

  it('stays in the source and is counted there, belongs to nobody, and a rule about the key sees it', async () => {
    const rule = {
      kind: 'row',
      name: 'keyed',
      condition: 'customer_id is not null',
      severity: 'warn',
      maxShare: 0,
    } as const;
    lab = await featureStoreLab(ofAmounts(rule));
    await lab.ingest([keyless, order(1, 2, 3), keyless], 'load-1');
    const { committed } = await materialize(lab, 'last_order', 'one');
    expect((await lab.tables.head('source_orders')).rows).toBe(3);
    expect(committed).toMatchObject({ rows: 1, quality: { outcome: 'warned', sourceRows: 3 } });
    expect(committed.quality.broken[0]).toContain('(2 of 3)');
    expect(lab.online.all()).toHaveLength(1);
  });
});

describe('fault 57: a broken file of a run', () => {
  it.each(DAMAGES)('%s is never committed, and a new run writes the rows again', async (_, keep) => {
    lab = await featureStoreLab();
    await lab.ingest([order(1, 2, 3), order(2, 2, 3)], 'load-1');
    const plan = await lab.plan({ view: 'last_order', cause: 'test', executionName: 'one' });
    await lab.refresh();
    await lab.athena.unload(plan.query);
    await damage('view/last_order/', keep);
    await expect(lab.commit({ plan })).rejects.toMatchObject({ kind: 'invalid-input' });
    expect((await headOf('last_order')).watermarkMs).toBe(0);
    lab.clock.advance(4 * HOUR_MS);
    expect((await materialize(lab, 'last_order', 'two')).committed).toMatchObject({ rows: 2 });
  });

  it.each(DAMAGES)('%s among the rows of a training set ends before anything is sealed', async (_, keep) => {
    lab = await featureStoreLab();
    const buyers = Array.from({ length: 20 }, (_one, i) => [
      order(i + 1, 90 + i, i),
      order(i + 1, 50 + i, 2 * i),
    ]).flat();
    await lab.ingest(buyers, 'load-1');
    await materialize(lab, 'customer_spend', 'm1');
    await materialize(lab, 'last_order', 'm2');
    const plan = await lab.planTraining({ model: 'churn_1', cause: 'test', actor: 'tests', executionName: 'first' });
    await lab.athena.unload(plan.query);
    await damage('training-join/', keep);
    await expect(lab.seal({ plan })).rejects.toMatchObject({
      kind: expect.stringMatching(/invalid-input|corrupt-data/),
    });
    expect(await lab.objects.list(ARTIFACTS, 'training-set/')).toEqual([]);
  });
});

describe('fault 58: suddenly a hundredth of the usual rows', () => {
  it('keeps a thin run from readers, after as many runs as the rule asks for', async () => {
    const volume = {
      kind: 'volume',
      name: 'volume',
      severity: 'block',
      atLeastShare: 0.2,
      atMostShare: 5,
      minRuns: 2,
    } as const;
    lab = await featureStoreLab(ofAmounts(volume));
    for (const [i, n] of [100, 100, 100, 1].entries()) {
      await lab.ingest(
        Array.from({ length: n }, (_, customer) => order(customer + 1, 9 - i, 1)),
        `load-${i}`,
      );
      lab.clock.advance(DAY_MS);
      const { checked } = await materialize(lab, 'last_order', `run-${i}`);
      expect(checked?.allowed).toBe(n === 100);
    }
    expect((await headOf('last_order')).rows).toBe(300);
  });
});
