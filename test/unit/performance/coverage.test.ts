import { describe, expect, it } from 'vitest';
import { coverageOf } from '../../../core/performance/coverage.ts';
import type { AnswerCount } from '../../../core/performance/performance-counts.ts';

const count = (decision: boolean | null, bin: number, predictions: number, outcomes: number): AnswerCount => ({
  ...{ isMatured: true, isProvisional: false, isRecent: false, scores: 0 },
  ...{ decision, bin, predictions, outcomes, units: predictions, unitOutcomes: outcomes },
});

describe('coverage', () => {
  it('is unknown without matured predictions', () => {
    expect(coverageOf([], [])).toEqual({ share: null, isOneSided: false, because: 'no prediction has matured' });
  });

  it('is even when every kind of answer has an outcome as often', () => {
    const found = coverageOf([count(true, 1, 500, 250), count(false, 0, 500, 260)], [0.5]);
    expect(found).toMatchObject({ share: 0.51, isOneSided: false });
  });

  it('is one-sided when one decision has none', () => {
    const found = coverageOf([count(true, 1, 300, 280), count(false, 0, 300, 0)], [0.5]);
    expect(found.isOneSided).toBe(true);
    expect(found.because).toContain('280 of 300 answers with the decision yes against 0 of 300 others');
  });

  it('names the bin of the score when decisions are alike or absent', () => {
    const bins = [count(null, 0, 400, 380), count(null, 1, 400, 370), count(null, 2, 400, 40)];
    const { isOneSided, because } = coverageOf(bins, [10, 20.5]);
    expect(isOneSided).toBe(true);
    expect(because).toContain('40 of 400 answers with a score from 20.5 up');
  });

  it('is not one-sided for a difference that is certain and small', () => {
    expect(coverageOf([count(true, 1, 1e6, 9e5), count(false, 0, 1e6, 8.5e5)], [0.5]).isOneSided).toBe(false);
  });

  it('is not one-sided for a difference that few rows show', () => {
    expect(coverageOf([count(true, 1, 6, 6), count(false, 0, 5, 2)], [0.5]).isOneSided).toBe(false);
  });

  it('counts units for the test, and all predictions for the share', () => {
    const repeated = { ...count(false, 0, 5_000, 0), units: 2, unitOutcomes: 0 };
    const found = coverageOf([count(true, 1, 100, 90), repeated], [0.5]);
    expect(found.isOneSided).toBe(false);
    expect(found.share).toBeCloseTo(90 / 5_100, 12);
  });
});
