import { describe, expect, it } from 'vitest';
import { type Part, splitRows } from '../../../core/training/split-rows.ts';

const at = (...instants: number[]) => instants.map((timeMs) => ({ key: [1], timeMs }));
const byTime = { by: 'time', validationShare: 0.2, testShare: 0.3 } as const;

describe('a split by time', () => {
  it('gives the newest instants to test and the next newest to validation, all rows of an instant together', () => {
    const rows = at(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 7, 1);
    expect(splitRows(byTime, rows, 0)).toEqual([
      ...new Array<Part>(5).fill('train'),
      'validation',
      'validation',
      'test',
      'test',
      'test',
      'test',
      'validation',
      'train',
    ]);
  });

  it('leaves out rows whose label matures after the next part begins; maturing exactly then is in time', () => {
    const parts = splitRows(byTime, at(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 1);
    expect(parts).toEqual([
      'train',
      'train',
      'train',
      'train',
      'train',
      'validation',
      'validation',
      'test',
      'test',
      'test',
    ]);
    const longer = splitRows(byTime, at(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 2);
    expect(longer).toEqual(['train', 'train', 'train', 'train', null, 'validation', null, 'test', 'test', 'test']);
  });

  it('gives each part at least one instant, and needs three', () => {
    expect(splitRows({ by: 'time', validationShare: 0.01, testShare: 0.01 }, at(1, 2, 3), 0)).toEqual([
      'train',
      'validation',
      'test',
    ]);
    expect(splitRows({ by: 'time', validationShare: 0.1, testShare: 0.8 }, at(1, 2, 3), 0)).toEqual([
      'train',
      'validation',
      'test',
    ]);
    expect(() => splitRows(byTime, at(1, 2, 2), 0)).toThrow(/2 distinct instants; a split by time needs at least 3/);
  });

  it('does not depend on the order of the rows', () => {
    const rows = at(5, 1, 9, 3, 7, 2, 8, 4, 6, 10);
    const parts = splitRows(byTime, rows, 2);
    const sorted = splitRows(byTime, at(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 2);
    expect(rows.map(({ timeMs }, i) => [timeMs, parts[i]])).toEqual(
      rows.map(({ timeMs }) => [timeMs, sorted[timeMs - 1]]),
    );
  });
});

describe('a split by entity', () => {
  const split = { by: 'entity', validationShare: 0.2, testShare: 0.3 } as const;

  it('keeps an entity together and comes near the shares', () => {
    const rows = Array.from({ length: 6_000 }, (_, i) => ({ key: [`c${i % 3_000}`, i % 7], timeMs: 0 }));
    const parts = splitRows(split, rows, 0);
    const again = new Map(rows.map(({ key }, i) => [JSON.stringify(key), parts[i]]));
    expect(parts).toEqual(rows.map(({ key }) => again.get(JSON.stringify(key))));
    const share = (part: Part) => parts.filter((one) => one === part).length / parts.length;
    expect(share('test')).toBeCloseTo(0.3, 1);
    expect(share('validation')).toBeCloseTo(0.2, 1);
  });

  it('tells keys apart part by part', () => {
    const parts = splitRows(
      { ...split, validationShare: 0.4, testShare: 0.4 },
      [
        { key: ['1', 23], timeMs: 0 },
        { key: ['12', 3], timeMs: 0 },
        { key: [null, 3], timeMs: 0 },
      ],
      0,
    );
    expect(parts).toHaveLength(3);
  });
});
