import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import { unpackRow } from '../../core/serving/packed-row.ts';
import { dynamoOnlineStore } from '../../lambdas/adapters/aws/dynamo-online-store.ts';
import { registeredViewVersions } from '../../lambdas/adapters/system/registered-view-versions.ts';
import { makeReadCatalog } from '../../lambdas/handlers/catalog/read.ts';
import { makePush } from '../../lambdas/handlers/ingestion/push.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makePredict } from '../../lambdas/handlers/serving/predict.ts';
import { call } from '../handlers/http-event.ts';
import { platformInMemory, promote, registerChurn } from '../handlers/platform-in-memory.ts';
import { shop } from '../handlers/shop-definitions.ts';
import { fixedClock } from '../memory/memory-clock-and-ids.ts';
import { memoryMetrics } from '../memory/memory-metrics.ts';
import { memoryTableLog } from '../memory/memory-table-log.ts';
import { memoryVersionRegistry } from '../memory/memory-version-registry.ts';
import { fakeDynamo } from './fake-dynamo.ts';

const TABLE = 'source_orders';
const FACTS = { rows: 1, oldestEventTimeMs: 0, newestEventTimeMs: 0, materializedToMs: null, report: {} };
const last = resolveView(shop, 'last_order');

describe('fault 60: writers whose clocks are ten minutes apart', () => {
  it('load in the order in which they opened, whatever their clocks say', async () => {
    const clock = fixedClock();
    const tables = memoryTableLog(clock);
    const loadedAt: number[] = [];
    for (const [i, skewMinutes] of [0, 10, -10, 0, -10, 10].entries()) {
      clock.advance(skewMinutes * MINUTE_MS);
      const opened = await tables.open(TABLE, `run-${i}`, HOUR_MS, 'row-by-row');
      if (opened.state === 'open') loadedAt.push(opened.loadedAtMs);
      await tables.commit(TABLE, `run-${i}`, FACTS);
      clock.advance(-skewMinutes * MINUTE_MS + 1);
    }
    expect(loadedAt).toEqual([...new Set(loadedAt)].sort((a, b) => a - b));
    expect((await tables.head(TABLE)).watermarkMs).toBe(loadedAt.at(-1));
  });

  it('that take a lease for over too early: the one they overtook cannot commit, and its rows are deleted', async () => {
    const clock = fixedClock();
    const tables = memoryTableLog(clock);
    await tables.open(TABLE, 'slow', 5 * MINUTE_MS, 'alone');
    clock.advance(10 * MINUTE_MS); // the clock of another, while a second has passed
    const other = await tables.open(TABLE, 'hasty', 5 * MINUTE_MS, 'alone');
    expect(other).toMatchObject({ state: 'open', mustClean: [{ runId: 'slow' }] });
    clock.advance(-10 * MINUTE_MS);
    await expect(tables.commit(TABLE, 'slow', FACTS)).rejects.toMatchObject({ name: 'ConflictError' });
    await tables.commit(TABLE, 'hasty', FACTS);
    expect(await tables.head(TABLE)).toMatchObject({ rows: 1 });
  });

  it('that push: the newer event is served, and a value is known no earlier than the one before it', async () => {
    const platform = platformInMemory();
    const push = async (skewMs: number, orderedAt: string, amount: number) => {
      platform.clock.advance(skewMs);
      const df = {
        customer_id: [7],
        ordered_at: [orderedAt],
        amount: [amount],
        quantity: [1],
        country: [null],
        gift: [null],
      };
      const { status } = await call(makePush(platform, silentLog), 'POST /push', {
        push_source_name: 'orders',
        to: 'online_and_offline',
        df,
      });
      expect(status).toBe(200);
      platform.clock.advance(-skewMs);
    };
    const amount = () => {
      const item = platform.online.all().find(({ view }) => view === 'last_order')!;
      return { amount: unpackRow(last.view.features, item.values)[0], knownAtMs: item.knownAtMs };
    };
    await push(10 * MINUTE_MS, '2026-03-01T11:30:00Z', 1);
    const first = amount();
    await push(-10 * MINUTE_MS, '2026-03-01T11:40:00Z', 2);
    expect(amount().amount).toBe(2);
    expect(amount().knownAtMs).toBeGreaterThan(first.knownAtMs);
    await push(10 * MINUTE_MS, '2026-03-01T11:20:00Z', 3);
    expect(amount().amount).toBe(2);
  });
});

describe('fault 61: a clock that steps back an hour', () => {
  it('while keys are read again: the read still ends', async () => {
    const clock = fixedClock();
    const dynamo = fakeDynamo({
      answers: () => {
        clock.advance(-HOUR_MS);
        return 0;
      },
    });
    const props = { dynamo: dynamo.client, onlineTable: 'online', registryTable: null, clock, random: () => 0 };
    const store = dynamoOnlineStore({ ...props, metrics: memoryMetrics() });
    const key = { entity: 'customer', key: [7], view: 'v', version: 'aaaaaaaaaaaa' };
    await expect(store.read([key], [])).rejects.toMatchObject({ name: 'UnavailableError' });
    expect(dynamo.reads.length).toBeLessThan(12);
  });

  it('while live versions are kept for a moment: they are asked for again', async () => {
    const clock = fixedClock();
    const registry = memoryVersionRegistry();
    let asked = 0;
    const kept = async () => {
      asked++;
      return registry.kept();
    };
    const versions = registeredViewVersions({ definitions: shop, registry: { kept }, clock, keepMs: 5_000 });
    await versions.live();
    clock.advance(-HOUR_MS);
    await versions.live();
    await versions.live();
    expect(asked).toBe(2);
  });

  it('while a model scores: its prediction was not answered before it was asked', async () => {
    const platform = platformInMemory();
    await registerChurn(platform);
    await promote(platform);
    const score: typeof platform.invoker.score = (...asked) => {
      platform.clock.advance(-HOUR_MS);
      return platform.invoker.score(...asked);
    };
    const handler = makePredict({ ...platform, invoker: { score } }, silentLog);
    const path = { model: 'churn' };
    const { status } = await call(
      handler,
      'POST /v1/models/{model}/predictions',
      { entities: { customer_id: 7 } },
      { path },
    );
    expect(status).toBe(200);
    const [record] = platform.ledger.records.values();
    expect(Date.parse(record!.answeredAt)).toBeGreaterThanOrEqual(Date.parse(record!.requestedAt));
  });

  it('while a run holds a table: the lease holds at least as long, and the run commits', async () => {
    const clock = fixedClock();
    const tables = memoryTableLog(clock);
    await tables.open(TABLE, 'run', 3 * MINUTE_MS, 'alone');
    clock.advance(-HOUR_MS);
    await expect(tables.open(TABLE, 'other', MINUTE_MS, 'alone')).rejects.toMatchObject({ name: 'TableBusyError' });
    await tables.commit(TABLE, 'run', FACTS);
    const next = await tables.open(TABLE, 'other', MINUTE_MS, 'alone');
    expect(next).toMatchObject({ state: 'open', loadedAtMs: Date.parse('2026-03-01T12:00:00Z') + 1 });
  });

  it('after an event came: the age of what is served is not negative', async () => {
    const platform = platformInMemory();
    const { view, version } = last;
    const table = `view_${view.name}_${version}`;
    await platform.tables.open(table, 'run', HOUR_MS, 'alone');
    const eventTimeMs = platform.clock.now().getTime();
    await platform.tables.commit(table, 'run', {
      ...FACTS,
      newestEventTimeMs: eventTimeMs,
      oldestEventTimeMs: eventTimeMs,
    });
    await platform.tables.advanceOnline(table, eventTimeMs);
    platform.clock.advance(-HOUR_MS);
    const { body } = await call(makeReadCatalog(platform, silentLog), 'GET /v1/feature-views/{view}', undefined, {
      path: { view: view.name },
    });
    expect(body).toMatchObject({ ageSeconds: 0, isFresh: true });
  });
});
