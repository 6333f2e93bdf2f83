import { describe, expect, it } from 'vitest';
import { segmentRows } from '../../../core/training/segment-rows.ts';

const age = { view: 'p', feature: 'age', cuts: [25, 60] };
const country = { view: 'p', feature: 'country', cuts: null };

describe('the slices of test rows', () => {
  it('of a number begin at its cuts, in their order', () => {
    expect(segmentRows(age, [60, 24.9, 25, 59, null, 100])).toEqual({
      segment: 'p:age',
      slices: ['below 25', '[25, 60)', '60 and above', null],
      rows: [2, 0, 1, 1, 3, 2],
    });
  });
  it('of a text are its values by code unit, whatever the values are called', () => {
    expect(segmentRows(country, ['US', 'is missing', null, 'DE', 'US']).slices).toEqual([
      'DE',
      'US',
      'is missing',
      null,
    ]);
    expect(segmentRows({ ...country, feature: 'member' }, [true, false, true])).toMatchObject({
      slices: ['false', 'true'],
      rows: [1, 0, 1],
    });
  });
  it('name only what has rows', () => {
    expect(segmentRows(age, [30, 40]).slices).toEqual(['[25, 60)']);
  });
  it('are no names of rows: more than 1,000 are refused with what to do', () => {
    expect(() =>
      segmentRows(
        country,
        Array.from({ length: 1_001 }, (_, i) => `c${i}`),
      ),
    ).toThrow(
      'segment p:country has 1001 different values in the test rows; at most 1000 are allowed: group them in a feature',
    );
  });
});
