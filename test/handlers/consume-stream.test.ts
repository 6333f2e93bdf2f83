import type { Context } from 'aws-lambda';
import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../core/clock.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import { sourceTable } from '../../core/offline/table-layout.ts';
import { unpackRow } from '../../core/serving/packed-row.ts';
import { makeConsumeStream } from '../../lambdas/handlers/ingestion/consume-stream.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { readStoredRows } from '../../lambdas/use-cases/ingestion/store-rows.ts';
import { type PlatformInMemory, platformInMemory } from './platform-in-memory.ts';
import { orders, shop } from './shop-definitions.ts';
import { order, type Put, sequenceNumber, streamEvent } from './stream-event.ts';

const TABLE = sourceTable('orders');

let platform: PlatformInMemory;
beforeEach(() => {
  platform = platformInMemory();
});

/** Gives records to the consumer. @returns places of those that failed */
async function consume(puts: readonly Put[], with_: Partial<PlatformInMemory> = {}): Promise<readonly number[]> {
  const handler = makeConsumeStream({ ...platform, ...with_ }, silentLog);
  const { batchItemFailures } = await handler(streamEvent(puts), {} as Context);
  return batchItemFailures.map(
    ({ itemIdentifier }) => puts.find(({ at }) => sequenceNumber(at) === itemIdentifier)!.at,
  );
}

/** Amounts of the committed rows, in the order of their runs and places. */
async function amounts(): Promise<unknown[]> {
  const runs = await platform.tables.committedRuns(TABLE, '', '~', Number.POSITIVE_INFINITY);
  const loads = await Promise.all(runs.map((run) => readStoredRows(platform, orders, run)));
  const rows = loads.flatMap(({ rows }) => rows);
  rows.sort((a, b) => a.loadedAtMs - b.loadedAtMs || a.seq - b.seq);
  return rows.map(({ values }) => values['amount']);
}

function onlineAmount(customer: number): unknown {
  const { view } = resolveView(shop, 'last_order');
  const item = platform.online.all().find(({ key, view: name }) => name === 'last_order' && key[0] === customer);
  return item === undefined ? undefined : unpackRow(view.features, item.values)[0];
}

async function letters(): Promise<{ source: string | null; reason: string; data: string }[]> {
  const keys = platform.objects.keys('offline').filter((key) => key.startsWith('dead-letter/open/'));
  const bodies = keys.map((key) => platform.objects.get({ bucket: 'offline', key }));
  return (await Promise.all(bodies)).map((body) => JSON.parse(new TextDecoder().decode(body)));
}

const DAY = '2026-02-01T10:00:00Z';
const good = (at: number, amount = at): Put => ({
  at,
  data: order(7, `2026-02-01T10:${String(at).padStart(2, '0')}:00Z`, amount),
});

describe('records of the stream', () => {
  it('are stored offline as one run in their order, and the newest of each entity is brought online', async () => {
    expect(await consume([good(1), good(2), { at: 3, data: order(8, DAY, 30) }])).toEqual([]);
    expect(await amounts()).toEqual([1, 2, 30]);
    expect([onlineAmount(7), onlineAmount(8)]).toEqual([2, 30]);
    expect((await platform.tables.head(TABLE)).rows).toBe(3);
    expect(platform.metrics.records).toEqual([
      { dimensions: { Source: 'orders' }, dimensionSets: [['Source'], []], values: { RowsWritten: 3 }, unit: 'Count' },
    ]);
  });

  it('that can never be stored become dead letters one by one, with their bytes, and the others are stored (7, 41, 67)', async () => {
    const bad: Put[] = [
      { at: 2, data: 'no json \u{1F600}' },
      { at: 3, data: { source: 'nobody', row: {} } },
      { at: 4, data: order(7, DAY, 1, { quantity: 1.5 }) },
      { at: 5, data: order(null, DAY, 1) },
      { at: 6, data: order(7, '2026-03-01T13:00:00Z', 1) },
      { at: 7, data: { source: 'orders', row: {}, note: 'x' } },
      { at: 8, data: [] },
      { at: 9, data: { source: 'orders', row: [1] } },
    ];
    expect(await consume([good(1), ...bad, good(10)])).toEqual([]);
    expect(await amounts()).toEqual([1, 10]);
    expect((await letters()).map(({ source, reason }) => [source, reason.replace(/:? a record is.*/, '')])).toEqual(
      expect.arrayContaining([
        [null, 'no JSON'],
        ['nobody', 'no source of that name'],
        ['orders', 'quantity: not a whole number'],
        ['orders', 'customer_id: required, but missing'],
        ['orders', 'ordered_at: event time in the future'],
        [null, 'unknown member'],
        [null, 'not an object'],
        [null, 'no row'],
      ]),
    );
    const [first] = (await letters()).filter(({ reason }) => reason.startsWith('no JSON'));
    expect(Buffer.from(first!.data, 'base64').toString()).toBe('no json \u{1F600}');
    expect(platform.metrics.records.filter(({ values }) => 'RowsDead' in values)).toHaveLength(8);
  });

  it('keep bytes that are no text as they were', async () => {
    const event = streamEvent([{ at: 1, data: '' }]);
    const data = Buffer.from([0xff, 0xfe, 0x00, 0x80]).toString('base64');
    const [record] = event.Records;
    await makeConsumeStream(platform, silentLog)(
      { Records: [{ ...record!, kinesis: { ...record!.kinesis, data } }] },
      {} as Context,
    );
    expect((await letters())[0]?.data).toBe(data);
  });

  it('are judged by the time they came, so that a late retry judges them the same', async () => {
    const early: Put = { at: 1, data: order(7, '2026-03-01T12:30:00Z', 1) };
    platform.clock.advance(60 * MINUTE_MS);
    await consume([early]);
    expect(await letters()).toHaveLength(1);
    expect(await amounts()).toEqual([]);
  });

  it('that are older than what is online do not replace it, and are kept offline (49)', async () => {
    await consume([good(9)]);
    await consume([{ at: 10, data: order(7, '2026-01-01T00:00:00Z', 1) }]);
    expect(onlineAmount(7)).toBe(9);
    expect(await amounts()).toEqual([9, 1]);
  });

  it('are stored beside a file that is being loaded, and seen offline when that has ended', async () => {
    await platform.tables.open(TABLE, 'file', 20 * MINUTE_MS, 'beside-others');
    expect(await consume([good(1)])).toEqual([]);
    expect(onlineAmount(7)).toBe(1);
    expect((await platform.tables.head(TABLE)).rows).toBe(0);
    await platform.tables.abandon(TABLE, 'file', 'x', async () => {});
    expect((await platform.tables.head(TABLE)).rows).toBe(1);
  });
});

describe('what fails for a moment', () => {
  const broken = async () => Promise.reject(new Error('no network'));

  it('is answered record by record, and the rows of other sources are stored (40)', async () => {
    const weather = { ...orders, name: 'returns' };
    const definitions = { ...shop, sources: [...shop.sources, weather] };
    const put: typeof platform.objects.put = (location, ...rest) =>
      location.key.startsWith('source/returns/') ? broken() : platform.objects.put(location, ...rest);
    const returned: Put = { at: 2, data: { ...order(7, DAY, 5), source: 'returns' } };
    const failed = await consume([good(1), returned, good(3)], { definitions, objects: { ...platform.objects, put } });
    expect(failed).toEqual([2]);
    expect(await amounts()).toEqual([1, 3]);
    // Lambda gives the record that failed again, and all that came after it
    expect(await consume([returned, good(3), good(4)], { definitions })).toEqual([]);
    expect(await amounts()).toEqual([1, 3, 4]);
    expect((await platform.tables.head('source_returns')).rows).toBe(1);
    expect(platform.metrics.records.at(-1)?.values).toEqual({ RowsWritten: 1, RowsDuplicate: 1 });
  });

  it('leaves no letter unkept: a record whose letter could not be written is given again', async () => {
    const bad: Put = { at: 1, data: 'x' };
    expect(await consume([bad, good(2)], { objects: { ...platform.objects, putIfAbsent: broken } })).toEqual([1]);
    expect(await consume([bad, good(2)])).toEqual([]);
    expect(await letters()).toHaveLength(1);
    expect(await amounts()).toEqual([2]);
  });

  it.each([
    ['while the rows are written', 'put', [1, 2]],
    ['while the run is committed', 'commit', [1, 2]],
    ['while they are brought online', 'write', [1, 2]],
  ] as const)(
    'changes nothing when the consumer dies %s, and the same batch again is stored once',
    async (_, at, failed) => {
      const dying: Partial<PlatformInMemory> = {
        put: { objects: { ...platform.objects, put: broken } },
        commit: { tables: { ...platform.tables, commit: broken } },
        write: { online: { ...platform.online, write: broken } },
      }[at];
      expect(await consume([good(1), good(2)], dying)).toEqual(failed);
      expect(await consume([good(1), good(2)])).toEqual([]);
      expect(await amounts()).toEqual([1, 2]);
      expect(onlineAmount(7)).toBe(2);
    },
  );

  it('stores a record once however its shard is cut into batches', async () => {
    const all = Array.from({ length: 12 }, (_, i) => good(i + 1));
    const cut = (from: number, to: number) => all.slice(from - 1, to);
    await consume(cut(1, 4));
    await consume(cut(1, 2)); // a batch that was halved
    await consume(cut(3, 6)); // and one that goes on
    await consume(cut(9, 10)); // 7 and 8 were given up
    await consume(cut(1, 12)); // the stream is read again from its start
    expect((await amounts()).map(Number).sort((a, b) => a - b)).toEqual(all.map(({ at }) => at));
    expect((await platform.tables.head(TABLE)).rows).toBe(12);
    expect(onlineAmount(7)).toBe(12);
  });

  it('brings online what a consumer stored that died right then, from what lies offline', async () => {
    await consume([good(1), good(2), good(3)], { online: { ...platform.online, write: broken } });
    expect(onlineAmount(7)).toBeUndefined();
    await consume([good(1)]); // half of the batch comes again, alone
    expect(onlineAmount(7)).toBe(3);
    expect(await amounts()).toEqual([1, 2, 3]);
  });

  it('keeps shards apart that have the same sequence numbers', async () => {
    const handler = makeConsumeStream(platform, silentLog);
    await handler(streamEvent([good(1)], 'shardId-000000000001'), {} as Context);
    await handler(streamEvent([good(1)], 'shardId-000000000002'), {} as Context);
    expect(await amounts()).toEqual([1, 1]);
  });
});
