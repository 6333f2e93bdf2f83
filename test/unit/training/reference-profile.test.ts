import { describe, expect, it } from 'vitest';
import { binOf, profileColumn, profileNumbers } from '../../../core/training/reference-profile.ts';

describe('the profile of a column', () => {
  it('counts numbers in left-closed bins between the deciles, equal deciles once', () => {
    // numpy.quantile([1..11], [0.1 … 0.9]) = 2 … 10
    expect(profileNumbers([11, 3, 1, 2, 4, 5, 6, 7, 8, 9, 10])).toMatchObject({
      min: 1,
      max: 11,
      mean: 6,
      edges: [2, 3, 4, 5, 6, 7, 8, 9, 10],
      counts: [1, 1, 1, 1, 1, 1, 1, 1, 1, 2],
    });
    expect(profileNumbers([0, 0, 0, 0, 5])).toMatchObject({ counts: [0, 4, 0, 1] });
  });

  it('is one bin below and one at a constant', () => {
    expect(profileNumbers([4, 4, 4])).toEqual({
      min: 4,
      max: 4,
      mean: 4,
      standardDeviation: 0,
      edges: [4],
      counts: [0, 3],
      drift: { edges: [4, 4.000000000000001], counts: [0, 3, 0] },
    });
    expect(profileNumbers([4]).standardDeviation).toBe(0);
  });

  it('has the standard deviation of a sample', () => {
    expect(profileNumbers([2, 4, 4, 4, 5, 5, 7, 9]).standardDeviation).toBeCloseTo(2.138089935, 9); // R: sd()
  });

  it('keeps small numbers beside large ones in the mean', () => {
    expect(profileNumbers([1e16, 1, 1, -1e16]).mean).toBe(0.5);
  });

  it('counts texts and booleans, and the share that is missing', () => {
    expect(profileColumn('v:f', 'string', ['b', null, 'a', 'b'])).toEqual({
      name: 'v:f',
      type: 'string',
      n: 3,
      missingShare: 0.25,
      numeric: null,
      categorical: {
        counts: [
          { value: 'b', count: 2 },
          { value: 'a', count: 1 },
        ],
        otherCount: 0,
      },
    });
    expect(profileColumn('v:f', 'boolean', [true, false, true]).categorical?.counts[0]).toEqual({
      value: 'true',
      count: 2,
    });
    const many = Array.from({ length: 1_003 }, (_, i) => `n${i}`);
    expect(profileColumn('v:f', 'string', many).categorical).toMatchObject({ otherCount: 3 });
  });

  it('has no numbers when all are missing, and no rows at all', () => {
    expect(profileColumn('v:f', 'float64', [null, null])).toMatchObject({ n: 0, missingShare: 1, numeric: null });
    expect(profileColumn('v:f', 'int64', [])).toMatchObject({ n: 0, missingShare: 0, numeric: null });
  });

  it('puts a value into the bin it begins', () => {
    expect([-1, 0, 1, 2, 3].map((value) => binOf([0, 2], value))).toEqual([0, 1, 1, 2, 2]);
  });
});
