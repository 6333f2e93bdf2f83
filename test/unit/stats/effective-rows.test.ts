import { expect, it } from 'vitest';
import { effectiveRows } from '../../../core/stats/effective-rows.ts';

it('counts every unit once when all have as many rows', () => {
  expect(effectiveRows([1, 1, 1])).toBe(3);
  expect(effectiveRows([30, 30, 30, 30])).toBe(4);
});

it('counts little more than one when one unit has nearly all rows', () => {
  expect(effectiveRows([1000, 1, 1, 1])).toBeCloseTo(1.006, 3);
});

it('is 0 without rows', () => {
  expect(effectiveRows([])).toBe(0);
});
