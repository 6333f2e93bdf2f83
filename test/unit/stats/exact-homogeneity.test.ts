import { describe, expect, it } from 'vitest';
import { exactAtCuts, exactHomogeneity } from '../../../core/stats/exact-homogeneity.ts';
import { logHypergeometric } from '../../../core/stats/hypergeometric.ts';

/** Every way of splitting bins of the given totals between two sides, with its probability given n cases on the first. */
function* tables(totals: readonly number[], n: number): Generator<{ a: number[]; b: number[]; probability: number }> {
  const all = totals.reduce((sum, total) => sum + total, 0);
  function* from(i: number, left: number, population: number, log: number): Generator<{ a: number[]; log: number }> {
    if (i === totals.length) {
      yield { a: [], log };
      return;
    }
    for (let k = Math.max(0, left - (population - totals[i]!)); k <= Math.min(left, totals[i]!); k++) {
      const part = logHypergeometric(k, { population, marked: totals[i]!, draws: left });
      for (const rest of from(i + 1, left - k, population - totals[i]!, log + part)) {
        yield { a: [k, ...rest.a], log: rest.log };
      }
    }
  }
  for (const { a, log } of from(0, n, all, 0)) {
    yield { a, b: a.map((count, i) => totals[i]! - count), probability: Math.exp(log) };
  }
}

describe('exact tests of bins, over every table of given margins', () => {
  const margins = [
    { totals: [6, 5, 4], n: 7 },
    { totals: [10, 1, 1, 8], n: 5 },
    { totals: [3, 3, 3, 3, 3], n: 6 },
    { totals: [40, 2, 1], n: 20 },
    { totals: [0, 12, 0, 9], n: 10 },
  ];

  it.each(margins)('of $totals with $n on one side keep every error probability', ({ totals, n }) => {
    const all = [...tables(totals, n)];
    expect(all.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
    for (const test of [(a: number[], b: number[]) => exactHomogeneity(a, b).pValue, exactAtCuts]) {
      const pValues = all.map(({ a, b, probability }) => ({ p: test(a, b), probability }));
      for (const { p: alpha } of pValues) {
        const wrong = pValues.reduce((sum, { p, probability }) => sum + (p <= alpha ? probability : 0), 0);
        expect(wrong).toBeLessThanOrEqual(alpha * (1 + 1e-9));
      }
    }
  });

  it('say nothing without cases, bins or a second bin that has any', () => {
    expect(exactHomogeneity([0, 0], [3, 4]).pValue).toBe(1);
    expect(exactHomogeneity([5], [7])).toEqual({ pValue: 1, comparisons: 0 });
    expect(exactHomogeneity([5, 0], [7, 0])).toEqual({ pValue: 1, comparisons: 0 });
    expect(exactAtCuts([5, 0], [7, 0])).toBe(1);
  });

  it('find less in cases that count for less', () => {
    const reference = [100, 100, 100];
    const [whole, half] = [1, 0.5].map((weight) =>
      exactHomogeneity([60 * weight, 30 * weight, 21 * weight], reference),
    );
    expect(half!.pValue).toBeGreaterThan(whole!.pValue);
  });
});
