import { beforeEach, describe, expect, it } from 'vitest';
import { PushResponse } from '../../contracts/api/feast.ts';
import { DAY_MS, MINUTE_MS } from '../../core/clock.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import { unpackRow } from '../../core/serving/packed-row.ts';
import { makePush } from '../../lambdas/handlers/ingestion/push.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { memoryViewVersions } from '../memory/memory-view-versions.ts';
import { type Answer, call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory } from './platform-in-memory.ts';
import { shop } from './shop-definitions.ts';

let platform: PlatformInMemory;
let push: (body: unknown, headers?: Record<string, string>) => Promise<Answer>;

beforeEach(() => {
  platform = platformInMemory();
  const handler = makePush(platform, silentLog);
  push = (body, headers = {}) => call(handler, 'POST /push', body, { headers });
});

const df = {
  customer_id: [7, 8, 7],
  ordered_at: ['2026-02-01T10:00:00Z', '2026-02-01T11:00:00+01:00', '2026-02-02'],
  amount: [1.5, 2, 4],
  quantity: [2, 3, null],
  country: ['France', 'Spain', 'France'],
  gift: [true, false, null],
};
const body = (over: object = {}) => ({ push_source_name: 'last_order', df, to: 'online_and_offline', ...over });

describe('pushed rows', () => {
  it('are stored offline as one run and the newest of each entity is brought online', async () => {
    const { status, body: answer } = await push(body());
    expect(status).toBe(200);
    expect(PushResponse.parse(answer)).toEqual({
      accepted: 3,
      rejected: [],
      online: { written: 2, stale: 0 },
      ignored_columns: [],
      set_aside: [],
    });
    expect((await platform.tables.head('source_orders')).rows).toBe(3);
    expect(platform.objects.keys('offline')).toHaveLength(1);
    const { view } = resolveView(shop, 'last_order');
    const seven = platform.online.all().find(({ key }) => key[0] === 7)!;
    expect(unpackRow(view.features, seven.values)).toEqual([4, null, 'France', null]);
    expect(seven.eventTimeMs).toBe(Date.parse('2026-02-02'));
    // a week more, so that it reads as too old before it reads as not found
    expect(seven.expiresAtMs).toBe(seven.eventTimeMs + (30 + 7) * DAY_MS);
  });

  it('are stored once when the same content comes again', async () => {
    await push(body());
    platform.clock.advance(MINUTE_MS);
    expect((await push(body())).body).toMatchObject({ accepted: 3, online: { written: 2, stale: 0 } });
    expect((await platform.tables.head('source_orders')).rows).toBe(3);
    await push(body(), { 'idempotency-key': 'a' });
    await push(body({ df: { ...df, amount: [9, 9, 9] } }), { 'idempotency-key': 'a' });
    expect((await platform.tables.head('source_orders')).rows).toBe(6);
  });

  it('say which of them a view leaves out, and by which rules', async () => {
    const rule = { kind: 'row', severity: 'quarantine', maxShare: 0 } as const;
    const expectations = [
      { ...rule, name: 'whole', condition: 'quantity is not null' },
      { ...rule, name: 'cheap', condition: 'amount < 2' },
    ];
    const featureViews = shop.featureViews.map((view) =>
      view.name === 'last_order' ? { ...view, expectations } : view,
    );
    const definitions = { ...shop, featureViews };
    const versions = memoryViewVersions(definitions);
    const handler = makePush({ ...platform, definitions, versions }, silentLog);
    const answer = PushResponse.parse((await call(handler, 'POST /push', body())).body);
    expect(answer).toMatchObject({
      accepted: 3,
      online: { written: 1 },
      set_aside: [
        { row: 1, view: 'last_order', rules: ['cheap'] },
        { row: 2, view: 'last_order', rules: ['whole', 'cheap'] },
      ],
    });
    expect(platform.online.all().map(({ key, eventTimeMs }) => [key[0], new Date(eventTimeMs).toISOString()])).toEqual([
      [7, '2026-02-01T10:00:00.000Z'],
    ]);
    expect((await platform.tables.head('source_orders')).rows).toBe(3);
  });

  it('do not replace newer values', async () => {
    await push(body());
    const older = { ...df, ordered_at: df.ordered_at.map(() => '2026-01-01T00:00:00Z') };
    expect((await push(body({ df: older }))).body['online']).toEqual({ written: 0, stale: 2 });
  });

  it('are answered row by row when some do not fit', async () => {
    const { status, body: answer } = await push(
      body({ df: { ...df, quantity: [1, 'x', 2], ordered_at: [...df.ordered_at.slice(0, 2), '2036-01-01'] } }),
    );
    expect(status).toBe(200);
    expect(answer).toMatchObject({
      accepted: 1,
      rejected: [
        { row: 1, reason: 'quantity: not a whole number' },
        { row: 2, reason: 'ordered_at: event time in the future' },
      ],
    });
  });

  it("come as Feast's Python client and pandas spell them", async () => {
    const frame = {
      customer_id: ['7', 8],
      ordered_at: ['2026-02-01 10:00:00+00:00', '2026-02-01 10:00:00.123456789+00:00'],
      amount: [1.5, 'nan'],
      quantity: [2.0, null],
      country: ['France', null],
      gift: ['True', null],
      created: ['2026-02-01T10:00:00', 'NaT'],
    };
    const more = { allow_registry_cache: true, transform_on_write: true };
    const { status, body: answer } = await push(body({ df: frame, ...more }));
    expect(status).toBe(200);
    expect(answer).toMatchObject({
      accepted: 2,
      rejected: [],
      online: { written: 2, stale: 0 },
      ignored_columns: ['created'],
    });
  });

  it('are stored while a file of the same source is being loaded, and seen offline when that has ended', async () => {
    await platform.tables.open('source_orders', 'file', 20 * MINUTE_MS, 'beside-others');
    expect((await push(body())).body).toMatchObject({ accepted: 3, online: { written: 2, stale: 0 } });
    expect((await platform.tables.head('source_orders')).rows).toBe(0);
    const facts = { rows: 5, oldestEventTimeMs: 1, newestEventTimeMs: 2, materializedToMs: null, report: {} };
    await platform.tables.commit('source_orders', 'file', facts);
    expect((await platform.tables.head('source_orders')).rows).toBe(8);
  });

  it('that come again under one key are brought online as they were stored the first time', async () => {
    await push(body(), { 'idempotency-key': 'a' });
    await push(body({ df: { ...df, amount: [9, 9, 9] } }), { 'idempotency-key': 'a' });
    const { view } = resolveView(shop, 'last_order');
    const seven = platform.online.all().find(({ key }) => key[0] === 7)!;
    expect(unpackRow(view.features, seven.values)[0]).toBe(4);
    expect(platform.metrics.records.map(({ values }) => values)).toEqual([{ RowsWritten: 3 }, { RowsDuplicate: 3 }]);
  });

  it('go only where they were sent', async () => {
    expect((await push(body({ to: 'online' }))).body).toMatchObject({ accepted: 3, online: { written: 2 } });
    expect(platform.objects.keys('offline')).toEqual([]);
    const offline = platformInMemory();
    const handler = makePush(offline, silentLog);
    const answer = await call(handler, 'POST /push', body({ to: 'offline', df: { ...df, note: ['a', 'b', 'c'] } }));
    expect(answer.body).toMatchObject({ online: null, ignored_columns: ['note'] });
    expect(offline.online.all()).toEqual([]);
  });

  it('wait for a table that is being written, and say so when it stays busy', async () => {
    await platform.tables.open('source_orders', 'other', MINUTE_MS, 'alone');
    const { status, body: answer, headers } = await push(body());
    expect(status).toBe(429);
    expect(answer['error']).toMatchObject({ name: 'TableBusyError', kind: 'throttled' });
    expect(headers['retry-after']).toBe('1');
    const handler = makePush({ ...platform, pause: async (ms) => platform.clock.advance(ms * 240) }, silentLog);
    expect((await call(handler, 'POST /push', body())).status).toBe(200);
  });

  it('leave nothing half-written when storing fails', async () => {
    const put = async () => Promise.reject(new Error('no network'));
    const handler = makePush({ ...platform, objects: { ...platform.objects, put } }, silentLog);
    expect((await call(handler, 'POST /push', body())).status).toBe(500);
    expect(platform.online.all()).toEqual([]);
    expect((await push(body())).status).toBe(200);
    expect((await platform.tables.head('source_orders')).rows).toBe(3);
  });
});
