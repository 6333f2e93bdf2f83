import { describe, expect, it } from 'vitest';
import { judgeLoss } from '../../../core/performance/judge-loss.ts';

const POLICY = { loss: 'log_loss', margin: 0.1, falseAlarms: 0.01, minOutcomes: 100 } as const;
const PROMISE = { losses: { log_loss: { mean: 0.5, standardError: 0.01 } }, metrics: {}, testRows: 2_000 };

/** So many losses of one size. */
const stretch = (place: number, n: number, loss: number) => ({ place, n, sum: n * loss, sumSquares: n * loss * loss });

describe('the losses of production against the promise', () => {
  it('have a limit that counts the error of the promise and the margin', () => {
    // 2.5758 is the normal quantile of 0.995
    expect(judgeLoss(POLICY, PROMISE, []).limit).toBeCloseTo((0.5 + 2.5758293035489004 * 0.01) * 1.1, 9);
  });

  it('hold, or are degraded, and the bound says why', () => {
    const holding = judgeLoss(POLICY, PROMISE, [stretch(0, 500, 0.5)]);
    expect(holding).toMatchObject({ outcome: 'holding', since: 0, outcomes: 500 });
    expect(holding.low!).toBeLessThan(holding.limit!);
    const degraded = judgeLoss(POLICY, PROMISE, [stretch(0, 500, 0.5), stretch(3, 300, 0.9)]);
    expect(degraded).toMatchObject({ outcome: 'degraded', since: 1, outcomes: 300, all: 800 });
    expect(degraded.seen).toBeCloseTo(0.9, 12);
    expect(degraded.low!).toBeGreaterThan(degraded.limit!);
  });

  it('are not judged from fewer than are asked for, however bad they are', () => {
    const found = judgeLoss(POLICY, PROMISE, [stretch(0, 99, 5)]);
    expect(found.outcome).toBe('not-computable');
    expect(found.because).toBe('99 matured outcomes of different units; 100 are needed');
  });

  it('are not judged without outcomes', () => {
    expect(judgeLoss(POLICY, PROMISE, [])).toMatchObject({ outcome: 'not-computable', seen: null, low: null });
  });

  it('are held against the metric of an older release, whose error is told from the live spread', () => {
    const old = { metrics: { log_loss: 0.5 }, testRows: 100 };
    const found = judgeLoss(POLICY, old, [{ place: 0, n: 1_000, sum: 500, sumSquares: 500 }]);
    const standardError = Math.sqrt((500 - 250) / 999 / 100);
    expect(found.limit).toBeCloseTo((0.5 + 2.5758293035489004 * standardError) * 1.1, 9);
    const squared = judgeLoss({ ...POLICY, loss: 'squared_error' }, { metrics: { rmse: 3 }, testRows: 9 }, []);
    expect(squared.promised).toBe(9);
  });

  it('are not judged when the release promises nothing of the kind', () => {
    const found = judgeLoss({ ...POLICY, loss: 'brier' }, { metrics: {}, testRows: 9 }, [stretch(0, 500, 0.5)]);
    expect(found).toMatchObject({ outcome: 'not-computable', promised: null });
    expect(found.because).toContain('brier');
  });

  it('are not judged against a promise of nothing at all', () => {
    const perfect = { losses: { log_loss: { mean: 0, standardError: 0 } }, metrics: {}, testRows: 5 };
    expect(judgeLoss(POLICY, perfect, [stretch(0, 500, 0.5)]).outcome).toBe('not-computable');
  });
});
