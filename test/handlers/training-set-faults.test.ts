import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tripDefinitions } from './training-set-definitions.ts';
import { type TrainingSetLab, trainingSetLab } from './training-set-lab.ts';

/** Faults 52 to 56 of the fault catalogue, through the whole flow: entity file in, Parquet out. */
let lab: TrainingSetLab;
beforeEach(async () => {
  lab = await trainingSetLab(tripDefinitions);
});
afterEach(() => lab.close());

const NOON = '2026-02-01T12:00:00Z';

async function joined(features: readonly string[], csv: readonly string[]) {
  const result = await lab.run({ features, entities: await lab.upload(csv.join('\n')) });
  return lab.rowsOf(result);
}

/** The last column of each row. */
const values = (rows: readonly (readonly unknown[])[]) => rows.map((row) => row.at(-1));

describe('composite keys (fault 52)', () => {
  it('never collide, whatever their parts would spell together', async () => {
    const keys = [
      ['1', '11'],
      ['11', '1'],
      ['a|b', 'c'],
      ['a', 'b|c'],
      ['a,b', 'c'],
      ['a', 'b,c'],
    ] as const;
    await lab.give(
      'pair_score',
      keys.map(([left_key, right_key], score) => ({
        values: { left_key, right_key, score },
        at: '2026-01-01T00:00:00Z',
      })),
    );
    const csv = keys.map(([left, right]) => `"${left}","${right}",${NOON}`).reverse();
    const rows = await joined(['pair_score:score'], ['left_key,right_key,event_timestamp', ...csv]);
    expect(values(rows)).toEqual([5, 4, 3, 2, 1, 0]);
  });

  it('keep the order of their parts: a key the other way round is another key', async () => {
    await lab.give('pair_score', [{ values: { left_key: 'a', right_key: 'b', score: 1 }, at: '2026-01-01T00:00:00Z' }]);
    const rows = await joined(
      ['pair_score:score'],
      ['right_key,left_key,event_timestamp', `b,a,${NOON}`, `a,b,${NOON}`],
    );
    expect(values(rows)).toEqual([1, null]);
  });
});

describe('null and missing keys (fault 53)', () => {
  beforeEach(() =>
    lab.give('pair_score', [{ values: { left_key: 'a', right_key: 'b', score: 1 }, at: '2026-01-01T00:00:00Z' }]),
  );

  it('give null features, and the row stays', async () => {
    const rows = await joined(
      ['pair_score:score'],
      [
        'left_key,right_key,event_timestamp,y',
        `,b,${NOON},1`,
        `a,,${NOON},2`,
        `a,b,${NOON},3`,
        `,,${NOON},4`,
        `x,b,${NOON},5`,
      ],
    );
    expect(rows.map((row) => row.slice(3))).toEqual([
      [1n, null],
      [2n, null],
      [3n, 1],
      [4n, null],
      [5n, null],
    ]);
  });

  it('are no key of each other: a null key finds no row whose key was null', async () => {
    await lab.give(
      'pair_score',
      [{ values: { left_key: null, right_key: 'b', score: 9 }, at: '2026-01-02T00:00:00Z' }],
      'two',
    );
    const rows = await joined(['pair_score:score'], ['left_key,right_key,event_timestamp', `,b,${NOON}`]);
    expect(values(rows)).toEqual([null]);
  });

  it('as columns that the file lacks are refused, and named', async () => {
    await expect(joined(['pair_score:score'], ['left_key,event_timestamp', `a,${NOON}`])).rejects.toThrow(
      /the entity table lacks right_key \(string, join key of pair_score\). Its columns are left_key, event_timestamp/,
    );
  });
});

describe('duplicate entity rows (fault 54)', () => {
  it('give one output row each, also where a view has several rows at one instant', async () => {
    await lab.give('zone_load', [
      { values: { zone_id: 'z', trips: 1, fare: 1 }, at: '2026-02-01T06:00:00Z' },
      { values: { zone_id: 'z', trips: 2, fare: 2 }, at: '2026-02-01T06:00:00Z' },
    ]);
    const row = `z,${NOON}`;
    const rows = await joined(
      ['zone_load:trips', 'zone_load:fare'],
      ['zone_id,event_timestamp', row, row, `z,2026-02-01T05:00:00Z`, row],
    );
    expect(rows.map((cells) => cells.slice(2))).toEqual([
      [2n, 2],
      [2n, 2],
      [null, null],
      [2n, 2],
    ]);
  });
});

describe('a feature at the very instant of the row (fault 55)', () => {
  it('is seen: event time and knowledge time are inclusive', async () => {
    await lab.give('weather', [
      { values: { rain: 1 }, at: '2026-02-01T11:00:00.000Z', knownAt: NOON },
      { values: { rain: 2 }, at: '2026-02-01T12:00:00.001Z' },
    ]);
    const rows = await joined(
      ['weather:rain'],
      ['event_timestamp', '2026-02-01T11:59:59.999Z', NOON, '2026-02-01T12:00:00.001Z'],
    );
    expect(values(rows)).toEqual([null, 1, 2]);
  });
});

describe('a feature at the edge of its TTL (fault 56)', () => {
  it('is seen when it is exactly that old, and not a millisecond later', async () => {
    await lab.give('zone_load', [{ values: { zone_id: 'z', trips: 7, fare: 0 }, at: '2026-02-01T00:00:00.000Z' }]);
    const rows = await joined(
      ['zone_load:trips'],
      [
        'zone_id,event_timestamp',
        'z,2026-01-31T23:59:59.999Z',
        'z,2026-02-01T00:00:00.000Z',
        'z,2026-02-02T00:00:00.000Z',
        'z,2026-02-02T00:00:00.001Z',
      ],
    );
    expect(values(rows)).toEqual([null, 7n, 7n, null]);
  });

  it('hides a value that is too old although an older row is not newer', async () => {
    await lab.give('zone_load', [
      { values: { zone_id: 'z', trips: 1, fare: 0 }, at: '2026-02-01T00:00:00Z' },
      { values: { zone_id: 'z', trips: null, fare: 5 }, at: '2026-02-01T01:00:00Z' },
    ]);
    const rows = await joined(
      ['zone_load:trips', 'zone_load:fare'],
      ['zone_id,event_timestamp', 'z,2026-02-01T12:00:00Z', 'z,2026-02-02T01:00:00.001Z'],
    );
    expect(rows.map((row) => row.slice(2))).toEqual([
      [null, 5],
      [null, null],
    ]);
  });
});
