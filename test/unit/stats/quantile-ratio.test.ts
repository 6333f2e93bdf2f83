import { describe, expect, it } from 'vitest';
import { leastEvidence, logEvidence, ratesAbout } from '../../../core/stats/beta-binomial.ts';
import { type Histogram, quantileBin, quantileRatio, shiftInterval } from '../../../core/stats/quantile-ratio.ts';
import { histogramOf, lognormals } from './histogram-samples.ts';

const ALPHAS = { low: 0.001, high: 0.05 };

/** The least evidence over thresholds, tried one by one, with every share counted anew. */
function slowAgainstAtMost(baseline: Histogram, candidate: Histogram, quantile: number, shift: number): number {
  const prior = ratesAbout(1 - quantile);
  const above = ({ bins }: Histogram, bin: number) => ({
    n: bins.reduce((sum, { n }) => sum + n, 0),
    sum: bins.filter((b) => b.bin > bin).reduce((sum, { n }) => sum + n, 0),
  });
  let least = Number.POSITIVE_INFINITY;
  for (let bin = -400; bin <= 800; bin++) {
    const r = above(baseline, bin - 1);
    const c = above(candidate, bin + shift);
    const tooFew = r.sum < (1 - quantile) * r.n ? logEvidence(r, 1 - quantile, prior) : leastEvidence(r, prior);
    const tooMany = c.sum >= (1 - quantile) * c.n ? logEvidence(c, 1 - quantile, prior) : leastEvidence(c, prior);
    least = Math.min(least, tooFew + tooMany);
  }
  return least;
}

describe('the ratio of two quantiles', () => {
  it('agrees with every threshold tried one by one', () => {
    const baseline = histogramOf(lognormals(1, 400, 0, 0.5));
    const candidate = histogramOf(lognormals(2, 150, 0.4, 0.6));
    const ratio = quantileRatio({ baseline, candidate, quantile: 0.95, arms: 'independent' });
    for (const shift of [-30, -3, 0, 5, 11, 40]) {
      expect(ratio.againstAtMost(shift)).toBeCloseTo(slowAgainstAtMost(baseline, candidate, 0.95, shift), 9);
    }
  });

  it('has evidence that falls on one side and grows on the other as the shift grows', () => {
    const two = {
      baseline: histogramOf(lognormals(3, 900, 0, 0.5)),
      candidate: histogramOf(lognormals(4, 700, 0.2, 0.5)),
    };
    for (const arms of ['independent', 'paired'] as const) {
      const ratio = quantileRatio({ ...two, quantile: 0.9, arms });
      for (let shift = -60; shift < 60; shift++) {
        expect(ratio.againstAtMost(shift + 1)).toBeLessThanOrEqual(ratio.againstAtMost(shift) + 1e-9);
        expect(ratio.againstAbove(shift + 1)).toBeGreaterThanOrEqual(ratio.againstAbove(shift) - 1e-9);
      }
    }
  });

  it('has an interval around the true ratio that gets narrower with more observations', () => {
    const widths = [300, 3000, 30_000].map((n) => {
      const two = {
        baseline: histogramOf(lognormals(5, n, 0, 0.5)),
        candidate: histogramOf(lognormals(6, n, 0.3, 0.5)),
      };
      const interval = shiftInterval(quantileRatio({ ...two, quantile: 0.95, arms: 'independent' }), ALPHAS);
      const truth = 0.3 / Math.log(1.02);
      expect(interval.low).toBeLessThan(truth);
      expect(interval.high).toBeGreaterThan(truth);
      return interval.high - interval.low;
    });
    expect(widths[1]).toBeLessThan(widths[0]!);
    expect(widths[2]).toBeLessThan(widths[1]!);
  });

  it('leaves everything open without observations, and with one on each side', () => {
    const none: Histogram = { bins: [], censored: 0 };
    const one: Histogram = { bins: [{ bin: 7, n: 1 }], censored: 0 };
    for (const [baseline, candidate] of [
      [none, none],
      [none, one],
      [one, none],
      [one, one],
    ] as const) {
      const ratio = quantileRatio({ baseline, candidate, quantile: 0.95, arms: 'independent' });
      expect(shiftInterval(ratio, ALPHAS)).toEqual({ low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY });
    }
  });

  it('tells a constant from a constant ten bins up', () => {
    const at = (bin: number): Histogram => ({ bins: [{ bin, n: 1000 }], censored: 0 });
    const ratio = quantileRatio({ baseline: at(100), candidate: at(110), quantile: 0.95, arms: 'independent' });
    const interval = shiftInterval(ratio, ALPHAS);
    expect(interval.low).toBeGreaterThanOrEqual(8);
    expect(interval.high).toBeLessThanOrEqual(12);
  });

  it('never takes answers that were cut off for fast ones', () => {
    const baseline = histogramOf(lognormals(7, 5000, 0, 0.5));
    const candidate = { ...histogramOf(lognormals(8, 5000, 0, 0.5)), censored: 0 };
    const cut = { ...candidate, censored: 400 };
    const bins = Math.ceil(Math.log(1.25) / Math.log(1.02));
    const evidence = (c: Histogram) =>
      quantileRatio({ baseline, candidate: c, quantile: 0.95, arms: 'independent' }).againstAbove(bins);
    expect(evidence(candidate)).toBeGreaterThan(3);
    expect(evidence(cut)).toBeLessThan(0);
  });

  it('reads the quantile off the bin where it is reached', () => {
    const bins = [
      { bin: 1, n: 90 },
      { bin: 5, n: 5 },
      { bin: 9, n: 5 },
    ];
    expect(quantileBin({ bins, censored: 0 }, 0.9)).toBe(1);
    expect(quantileBin({ bins, censored: 0 }, 0.95)).toBe(5);
    expect(quantileBin({ bins, censored: 0 }, 0.951)).toBe(9);
    expect(quantileBin({ bins: [], censored: 0 }, 0.95)).toBeNull();
  });
});
