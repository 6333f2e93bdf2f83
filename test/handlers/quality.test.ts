import { afterEach, describe, expect, it } from 'vitest';
import { FeatureViewResponse } from '../../contracts/api/catalog.ts';
import { DAY_MS } from '../../core/clock.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import type { Expectation, RowExpectation } from '../../core/definitions/expectation.ts';
import { viewTable } from '../../core/offline/table-layout.ts';
import { unpackRow } from '../../core/serving/packed-row.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { makeReadCatalog } from '../../lambdas/handlers/catalog/read.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { type FeatureStoreLab, featureStoreLab, materialize, OFFLINE, type Order } from './feature-store-lab.ts';
import { call } from './http-event.ts';
import { platformInMemory } from './platform-in-memory.ts';

const row = (name: string, condition: string, severity: RowExpectation['severity'], maxShare = 0): Expectation => ({
  kind: 'row',
  name,
  condition,
  severity,
  maxShare,
});

let lab: FeatureStoreLab;
afterEach(() => lab.close());

async function open(view: string, ...expectations: readonly Expectation[]): Promise<void> {
  lab = await featureStoreLab((definitions) => ({
    ...definitions,
    featureViews: definitions.featureViews.map((one) => (one.name === view ? { ...one, expectations } : one)),
  }));
}

const table = (view: string) => viewTable(view, resolveView(lab.definitions, view).version);
const order = (customer: number, daysAgo: number, amount: number | null, country = 'FR'): Order => ({
  customer,
  daysAgo,
  amount,
  country,
});

async function served(view: string, customer: number) {
  const { version, view: definition } = resolveView(lab.definitions, view);
  const { items } = await lab.online.read([{ entity: 'customer', key: [customer], view, version }], []);
  return items[0] == null ? null : unpackRow(definition.features, items[0].values);
}

async function filesUnder(prefix: string) {
  const rows = [];
  for (const { key } of await lab.objects.list(OFFLINE, prefix)) {
    const file = await hyparquetFiles.open(await lab.objects.get({ bucket: OFFLINE, key }));
    for await (const { columns, rows: n } of file.batches()) {
      for (let i = 0; i < n; i++) rows.push(Object.fromEntries(Object.entries(columns).map(([k, v]) => [k, v[i]])));
    }
  }
  return rows;
}

describe('rows that break a quarantine rule', () => {
  it('take no part in aggregates, are set aside with the names of the rules, and are counted once', async () => {
    await open(
      'customer_spend',
      row('sane', 'amount < 1000', 'quarantine'),
      row('home', "country = 'FR'", 'quarantine'),
    );
    await lab.ingest([order(1, 3, 10), order(1, 2, 5_000), order(1, 2.5, 9_999, 'XX'), order(2, 1, null)], 'load-1');
    const { plan, checked, committed } = await materialize(lab, 'customer_spend', 'one');
    expect(committed.quality).toMatchObject({ outcome: 'passed', sourceRows: 4, setAsideRows: 2 });
    expect(committed.quality.broken).toEqual([
      'sane: share of source rows where amount < 1000 is false is 0.5 (2 of 4), at most 0 is allowed',
      "home: share of source rows where country = 'FR' is false is 0.25 (1 of 4), at most 0 is allowed",
    ]);
    expect(await served('customer_spend', 1)).toEqual([10]);
    expect(await served('customer_spend', 2)).toEqual([null]);

    const prefix = `quarantine/view/customer_spend/${plan.version}/${plan.runId}/`;
    expect(checked?.setAside).toMatchObject({ action: 'export', prefix });
    const aside = await filesUnder(prefix);
    expect(aside.map(({ amount, hg_rules: rules }) => [amount, rules]).sort()).toEqual([
      [5_000, 'sane'],
      [9_999, 'sane,home'],
    ]);

    lab.clock.advance(DAY_MS);
    const next = await materialize(lab, 'customer_spend', 'two');
    expect(next.committed.quality).toMatchObject({ sourceRows: 0, setAsideRows: 0 });
    expect(next.checked?.setAside).toEqual({ action: 'nothing' });
    expect(await served('customer_spend', 1)).toEqual([10]);
  });

  it('take no part in row-level views', async () => {
    await open('last_order', row('known', "country <> 'XX'", 'quarantine'));
    await lab.ingest([order(1, 3, 10), order(1, 2, 5, 'XX')], 'load-1');
    expect((await materialize(lab, 'last_order', 'one')).committed).toMatchObject({ rows: 1 });
    expect((await served('last_order', 1))?.[0]).toBe('FR');
  });

  it('are told as numbers: one per rule, and one per view', async () => {
    await open('last_order', row('known', "country <> 'XX'", 'quarantine'));
    await lab.ingest([order(1, 3, 10), order(1, 2, 5, 'XX')], 'load-1');
    await materialize(lab, 'last_order', 'one');
    expect(lab.metrics.records).toEqual([
      {
        dimensions: { View: 'last_order', Expectation: 'known' },
        dimensionSets: [['View', 'Expectation']],
        values: { ExpectationFailures: 1 },
        unit: 'Count',
      },
      {
        dimensions: { View: 'last_order' },
        dimensionSets: [[], ['View']],
        values: { BlockedMaterializations: 0, SetAsideRows: 1 },
        unit: 'Count',
      },
    ]);
  });
});

describe('an expectation that blocks', () => {
  const most = row('mostly_paid', 'amount is not null', 'block', 0.25);

  it('keeps the rows of the run from readers, leaves the values before, and lets good data through again', async () => {
    await open('last_order', most);
    await lab.ingest([order(1, 9, 10, 'DE')], 'load-1');
    await materialize(lab, 'last_order', 'one');
    const before = await lab.tables.head(table('last_order'));

    await lab.ingest([order(1, 2, null, 'IT'), order(2, 2, 7)], 'load-2');
    const { plan, checked, committed } = await materialize(lab, 'last_order', 'two');
    expect(committed).toBeNull();
    expect(checked).toMatchObject({
      allowed: false,
      because:
        `feature view last_order (version ${plan.version}) does not meet what is expected of it: mostly_paid: share of ` +
        'source rows where amount is not null is false is 0.5 (1 of 2), at most 0.25 is allowed. ' +
        `The rows of run ${plan.runId} are dropped and the values before stay in use`,
      quality: { outcome: 'blocked' },
      setAside: { action: 'nothing' },
    });
    expect(lab.events.published).toMatchObject([
      { type: 'headgate.materialization.blocked', subject: 'last_order', data: { runId: plan.runId } },
    ]);
    expect(await lab.tables.head(table('last_order'))).toEqual(before);
    expect((await served('last_order', 1))?.[0]).toBe('DE');
    expect(await served('last_order', 2)).toBeNull();
    for (const prefix of ['view/', 'quality/', 'quarantine/']) {
      const left = await lab.objects.list(OFFLINE, prefix);
      expect(left.filter(({ key }) => key.includes(plan.runId))).toEqual([]);
    }
    expect(await lab.qualityLog.newest(table('last_order'))).toMatchObject({ runId: plan.runId, outcome: 'blocked' });

    await lab.ingest([order(1, 1, 3, 'ES'), order(2, 1, 4, 'ES')], 'load-3');
    const repaired = await materialize(lab, 'last_order', 'three');
    expect(repaired.checked).toMatchObject({ allowed: true, quality: { sourceRows: 4 } });
    expect((await served('last_order', 1))?.[0]).toBe('ES');
    expect(await lab.qualityLog.newest(table('last_order'))).toMatchObject({ outcome: 'passed' });
  });

  it('warns only, where that is its severity', async () => {
    await open('last_order', row('paid', 'amount is not null', 'warn'));
    await lab.ingest([order(1, 2, null, 'IT')], 'load-1');
    const { committed } = await materialize(lab, 'last_order', 'one');
    expect(committed.quality).toMatchObject({ outcome: 'warned', setAsideRows: 0, broken: [expect.any(String)] });
    const run = await lab.tables.run(
      table('last_order'),
      (await lab.tables.head(table('last_order'))).recent[0]!.runId,
    );
    expect(run?.facts?.report['quality']).toMatchObject({ outcome: 'warned', expectations: [{ name: 'paid' }] });
    expect(lab.events.published).toEqual([]);
  });

  it('answers the same when the check is asked again', async () => {
    await open('last_order', most);
    await lab.ingest([order(1, 2, null)], 'load-1');
    const { plan, checked } = await materialize(lab, 'last_order', 'one');
    await lab.refresh();
    await lab.athena.unload(plan.check.query);
    expect(await lab.check({ plan })).toMatchObject({ allowed: false, quality: { runId: checked?.quality.runId } });
  });

  it('does not judge by expectations that were deployed after the run was planned', async () => {
    await open('last_order', most);
    await lab.ingest([order(1, 2, 1)], 'load-1');
    const plan = await lab.plan({ view: 'last_order', cause: 'test', executionName: 'one' });
    const check = { ...plan.check, expectations: 'c'.repeat(64) };
    await expect(lab.check({ plan: { ...plan, check } })).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('materialize it again'),
    });
  });

  it('does not commit on measures that are not there', async () => {
    await open('last_order', most);
    await lab.ingest([order(1, 2, 1)], 'load-1');
    const plan = await lab.plan({ view: 'last_order', cause: 'test', executionName: 'one' });
    await expect(lab.check({ plan })).rejects.toMatchObject({ name: 'CorruptDataError' });
  });
});

describe('the catalog', () => {
  it('tells what the expectations said of the newest run, refused or not', async () => {
    await open('last_order', row('paid', 'amount is not null', 'block'));
    const catalog = makeReadCatalog({ ...platformInMemory(), ...lab }, silentLog);
    const ask = async () =>
      (await call(catalog, 'GET /v1/feature-views/{view}', undefined, { path: { view: 'last_order' } })).body;
    expect((await ask())['quality']).toBeNull();
    await lab.ingest([order(1, 2, null), order(2, 1, 3)], 'load-1');
    const { plan } = await materialize(lab, 'last_order', 'one');
    const body = FeatureViewResponse.parse(await ask());
    expect(body.quality).toMatchObject({
      runId: plan.runId,
      at: new Date(plan.loadedAtMs).toISOString(),
      outcome: 'blocked',
      sourceRows: 2,
      rows: 2,
      expectations: [{ name: 'paid', outcome: 'fail', evidence: [{ observed: 0.5, note: '1 of 2 rows' }] }],
    });
    expect(body.offline.rows).toBe(0);
  });
});

describe('runs against the runs before', () => {
  const volume: Expectation = {
    kind: 'volume',
    name: 'volume',
    severity: 'block',
    atLeastShare: 0.5,
    atMostShare: 2,
    minRuns: 2,
  };
  const load = (n: number, daysAgo: number) => Array.from({ length: n }, (_, i) => order(i + 1, daysAgo, 1));

  it('does not judge the first run and too few, then refuses a run of half as many rows less one', async () => {
    await open('last_order', volume);
    for (const [i, n] of [100, 10, 12].entries()) {
      await lab.ingest(load(n, 9 - i), `load-${i}`);
      expect((await materialize(lab, 'last_order', `run-${i}`)).checked?.quality).toMatchObject({
        outcome: 'passed',
        expectations: [{ outcome: 'inconclusive' }],
      });
    }
    await lab.ingest(load(5, 3), 'thin');
    const { checked } = await materialize(lab, 'last_order', 'thin');
    expect(checked).toMatchObject({
      allowed: false,
      quality: { expectations: [{ evidence: [{ observed: 5 / 11 }, {}] }] },
    });
    await lab.ingest(load(6, 2), 'more');
    const next = await materialize(lab, 'last_order', 'more');
    expect(next.checked).toMatchObject({ allowed: true, quality: { rows: 11 } });
    const { recent } = await lab.tables.head(table('last_order'));
    expect(recent.map((run) => run.volume)).toEqual([null, 10, 12, 11]);
  });

  it('compares aggregates by rows per tick, and leaves out a range that was asked for', async () => {
    await open('customer_spend', volume);
    await lab.ingest(load(4, 9), 'load-1');
    await materialize(lab, 'customer_spend', 'one');
    lab.clock.advance(DAY_MS);
    await materialize(lab, 'customer_spend', 'two');
    const range = { fromMs: Date.parse('2026-02-25'), toMs: Date.parse('2026-02-26') };
    expect((await materialize(lab, 'customer_spend', 'range', range)).committed).toMatchObject({ rows: 8 });
    lab.clock.advance(3 * DAY_MS);
    expect((await materialize(lab, 'customer_spend', 'three')).committed).toMatchObject({ rows: 12 });
    const { recent, judgedToMs } = await lab.tables.head(table('customer_spend'));
    expect(recent.map((run) => run.volume)).toEqual([null, 4, null, 4]);
    expect(judgedToMs).toBe((await lab.tables.head('source_orders')).watermarkMs);
  });

  it('refuses what is computed from a source that stands still', async () => {
    await open('customer_spend', { kind: 'freshness', name: 'fresh', severity: 'block', atMostMs: 2 * DAY_MS });
    await lab.ingest([order(1, 1, 10)], 'load-1');
    expect((await materialize(lab, 'customer_spend', 'one')).checked).toMatchObject({ allowed: true });
    lab.clock.advance(2 * DAY_MS);
    const { checked, committed } = await materialize(lab, 'customer_spend', 'two');
    expect([checked?.allowed, committed]).toEqual([false, null]);
    expect(checked?.because).toContain('fresh: the newest event is of 2026-02-28T00:00:00.000Z');
  });
});
