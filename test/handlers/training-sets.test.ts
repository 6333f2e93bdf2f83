import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf, sha256Hex } from '../../core/canonical-json.ts';
import { DAY_MS } from '../../core/clock.ts';
import { tablePrefix } from '../../core/offline/table-layout.ts';
import { hyparquetFiles } from '../../lambdas/adapters/files/parquet-files.ts';
import { ARTIFACTS, materialize, OFFLINE } from './feature-store-lab.ts';
import { type TrainingSetLab, trainingSetLab } from './training-set-lab.ts';

/** Days before 2026-03-01T00:00Z; the spend of a day is what was bought in the 30 days before its first instant. */
const ORDERS = [
  { customer: 1, daysAgo: 40.5, amount: 100, country: 'FR' },
  { customer: 1, daysAgo: 20.5, amount: 10, country: 'DE' },
  { customer: 2, daysAgo: 5.5, amount: 7, country: null },
];

let lab: TrainingSetLab;
beforeEach(async () => {
  lab = await trainingSetLab();
  await lab.ingest(ORDERS, 'load-1');
  await materialize(lab, 'customer_spend', 'm1');
  await materialize(lab, 'last_order', 'm2');
});
afterEach(() => lab.close());

const features = ['customer_spend:spend_30d', 'last_order:country'];
const at = (text: string) => new Date(text);

describe('a training set of an entity table', () => {
  it('has the rows of the table in their order, with what was known at the instant of each', async () => {
    const entities = await lab.upload(
      [
        'note,customer_id,event_timestamp,bought',
        'late,1,2026-02-28T12:00:00Z,1',
        'other,2,2026-02-28T12:00:00+02:00,0',
        'early,1,2026-01-25,',
        'unknown,3,2026-02-28T12:00:00Z,1',
      ].join('\n'),
    );
    const result = await lab.run({ features, entities });
    expect(await lab.rowsOf(result)).toEqual([
      ['late', 1n, at('2026-02-28T12:00:00Z'), 1n, 10, 'DE'],
      ['other', 2n, at('2026-02-28T10:00:00Z'), 0n, 7, null],
      ['early', 1n, at('2026-01-25T00:00:00Z'), null, 100, 'FR'],
      ['unknown', 3n, at('2026-02-28T12:00:00Z'), 1n, null, null],
    ]);
    const stored = await lab.stored(result);
    expect(stored.entities).toMatchObject({
      rows: 4,
      eventTimes: { from: '2026-01-25T00:00:00.000Z', to: '2026-02-28T12:00:00.000Z' },
    });
    expect(stored.nullShares).toEqual({ customer_spend__spend_30d: 0.25, last_order__country: 0.5 });
    expect(stored.views.map(({ as, watermarkMs, resolved }) => [as, watermarkMs > 0, resolved.version.length])).toEqual(
      [
        ['customer_spend', true, 12],
        ['last_order', true, 12],
      ],
    );
  });
});

describe('what an entity table may be', () => {
  const rows = [
    { who: 1, when: '2026-02-28T12:00:00.000Z', y: 1.5, ok: true },
    { who: null, when: '2026-02-28T12:00:00.000Z', y: null, ok: false },
    { who: 2, when: '2026-02-27T00:00:00.000Z', y: -2, ok: null },
  ];
  const request = { features, timestampColumn: 'when', mapping: { who: 'customer_id' } };
  const expected = [
    [1n, at('2026-02-28T12:00:00Z'), 1.5, true, 10, 'DE'],
    [null, at('2026-02-28T12:00:00Z'), null, false, null, null],
    [2n, at('2026-02-27T00:00:00Z'), -2, null, 7, null],
  ];

  it('is CSV with other names for its columns', async () => {
    const csv = [
      'who;when;y;ok',
      ...rows.map(({ who, when, y, ok }) => `${who ?? 'NA'};${when};${y ?? ''};${ok ?? ''}`),
    ];
    const file = await lab.upload(csv.join('\r\n'));
    const result = await lab.run({ ...request, entities: { ...file, csv: { delimiter: ';', nulls: ['NA'] } } });
    expect(await lab.rowsOf(result)).toEqual(expected);
  });

  it('is JSON lines', async () => {
    const file = await lab.upload(rows.map((row) => JSON.stringify(row)).join('\n'), 'jsonl');
    expect(await lab.rowsOf(await lab.run({ ...request, entities: file }))).toEqual(expected);
  });

  it('is Parquet', async () => {
    const body = hyparquetFiles.write([
      { name: 'who', type: 'int64', values: rows.map(({ who }) => who) },
      { name: 'when', type: 'timestamp', values: rows.map(({ when }) => Date.parse(when)), isInstant: true },
      { name: 'y', type: 'float64', values: rows.map(({ y }) => y) },
      { name: 'ok', type: 'boolean', values: rows.map(({ ok }) => ok) },
    ]);
    const file = await lab.upload(body, 'parquet');
    expect(await lab.rowsOf(await lab.run({ ...request, entities: file }))).toEqual(expected);
  });

  it('keeps text as it is where a number would change it, and takes the types it is given', async () => {
    const csv = 'customer_id,event_timestamp,plz,big,day,n\n1,2026-02-28,01234,9007199254740993,2026-02-01,7';
    const file = await lab.upload(csv);
    const result = await lab.run({ features, entities: file, types: { day: 'timestamp', n: 'float64' } });
    const [row] = await lab.rowsOf(result);
    expect(row?.slice(2, 6)).toEqual(['01234', '9007199254740993', at('2026-02-01T00:00:00Z'), 7]);
  });
});

describe('several labels per entity', () => {
  it('are rows of their own, in parts that follow each other, whatever the order of instants', async () => {
    await lab.close();
    lab = await trainingSetLab(undefined, 3);
    await lab.ingest(ORDERS, 'load-1');
    await materialize(lab, 'last_order', 'm2');
    const days = [27, 3, 28, 1, 14, 14, 9, 26];
    const csv = [
      'customer_id,event_timestamp,y',
      ...days.map((day, y) => `2,2026-02-${String(day).padStart(2, '0')},${y}`),
    ];
    const result = await lab.run({ features: ['last_order:ordered_at'], entities: await lab.upload(csv.join('\n')) });
    expect((await lab.stored(result)).files.map(({ name, rows }) => [name, rows])).toEqual([
      ['part-00000.parquet', 3],
      ['part-00001.parquet', 3],
      ['part-00002.parquet', 2],
    ]);
    const orderedAt = at('2026-02-23T12:00:00Z');
    expect((await lab.rowsOf(result)).map((row) => row.slice(2))).toEqual(
      days.map((day, y) => [BigInt(y), day > 23 ? orderedAt : null]),
    );
  });
});

describe('a training set is addressed by its content', () => {
  const csv = 'customer_id,event_timestamp\n1,2026-02-28T12:00:00Z\n2,2026-02-28T12:00:00Z';

  it('and the same request at the same watermarks is the same one', async () => {
    const entities = await lab.upload(csv);
    const first = await lab.run({ features, entities });
    const second = await lab.run({ features, entities });
    expect(first.wasThere).toBe(false);
    expect(second).toEqual({ ...first, wasThere: true });
    expect(digestOf(await lab.stored(first))).toBe(first.trainingSetId);
    const [file] = (await lab.stored(first)).files;
    expect(file?.sha256).toBe(sha256Hex(await lab.bytesOf(first)));
  });

  it('and is made again byte for byte after more data, other definitions and an empty scratch', async () => {
    const entities = await lab.upload(csv);
    const first = await lab.run({ features, entities });
    const bytes = await lab.bytesOf(first);
    lab.clock.advance(DAY_MS);
    // restated history, known when it happened: the present value is another
    await lab.give('last_order', [{ values: { customer_id: 1, country: 'XX' }, at: '2026-02-28T11:00:00Z' }], 'more');
    for (const prefix of ['entity-rows/', 'training-join/', 'training-set-part/'])
      await lab.objects.deleteAll(OFFLINE, prefix);

    const now = await lab.run({ features, entities });
    expect(now.trainingSetId).not.toBe(first.trainingSetId);
    expect((await lab.rowsOf(now))[0]?.at(-1)).toBe('XX');

    await lab.objects.deleteAll(ARTIFACTS, `training-set/${first.trainingSetId}/part`);
    const again = await lab.run({ reproduce: first.trainingSetId });
    expect(again).toEqual({ ...first, wasThere: true });
    expect(await lab.bytesOf(again)).toEqual(bytes);

    const other = await lab.upload(`${csv}\n1,2026-02-28T12:00:00Z`);
    const snapshot = await lab.run({ features, entities: other, snapshotOf: first.trainingSetId });
    expect((await lab.rowsOf(snapshot)).map((row) => row.at(-1))).toEqual(['DE', null, 'DE']);
    await expect(
      lab.run({
        features: ['last_order:ordered_at', 'customer_spend:spend_30d'],
        entities: other,
        snapshotOf: now.trainingSetId,
      }),
    ).resolves.toMatchObject({ rows: 3 });
  });

  it('and one that does not come out as it was is refused', async () => {
    const first = await lab.run({ features, entities: await lab.upload(csv) });
    const table = (await lab.stored(first)).views.find(({ as }) => as === 'last_order')!.table;
    await lab.objects.deleteAll(OFFLINE, tablePrefix(table));
    await expect(lab.run({ reproduce: first.trainingSetId })).rejects.toThrow(
      /did not come out as it was: part-00000.parquet differ/,
    );
  });
});
