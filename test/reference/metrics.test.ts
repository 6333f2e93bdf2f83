import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { auc, pairedAuc } from '../../core/metrics/auc.ts';
import { measure, pairedLoss } from '../../core/metrics/metric.ts';
import { normalQuantile } from '../../core/stats/normal-quantile.ts';

interface Case {
  why: string;
  labels: number[];
  a: number[];
  b: number[];
  auc: number;
  logLoss: number;
  accuracy: number;
  rmse: number;
  mae: number;
  delong: { a: number; b: number; standardError: number };
  logLossGap: { loss: number; standardError: number };
}
const reference = JSON.parse(readFileSync(new URL('./metrics.json', import.meta.url), 'utf8')) as {
  cases: Case[];
  normalQuantiles: { probability: number; value: number }[];
};

describe('metrics agree with scikit-learn', () => {
  it.each(reference.cases)('$why', (expected) => {
    const scored = { labels: expected.labels, scores: expected.a, threshold: 0.5 };
    expect(measure({ metric: 'auc' }, scored)).toBeCloseTo(expected.auc, 12);
    expect(measure({ metric: 'log_loss' }, scored)).toBeCloseTo(expected.logLoss, 12);
    expect(measure({ metric: 'accuracy' }, scored)).toBeCloseTo(expected.accuracy, 12);
    expect(measure({ metric: 'rmse' }, scored)).toBeCloseTo(expected.rmse, 12);
    expect(measure({ metric: 'mae' }, scored)).toBeCloseTo(expected.mae, 12);
  });
});

describe('paired differences agree with the definitions written out', () => {
  it.each(reference.cases)('$why', (expected) => {
    const paired = pairedAuc(expected.labels, expected.a, expected.b);
    expect(paired?.a).toBeCloseTo(expected.delong.a, 12);
    expect(paired?.b).toBeCloseTo(expected.delong.b, 12);
    expect(paired?.standardError).toBeCloseTo(expected.delong.standardError, 12);
    const gap = pairedLoss(
      { metric: 'log_loss' },
      { labels: expected.labels, scores: expected.b, threshold: 0.5 },
      expected.a,
    );
    expect(gap?.loss).toBeCloseTo(expected.logLossGap.loss, 12);
    expect(gap?.standardError).toBeCloseTo(expected.logLossGap.standardError, 12);
  });
});

describe('normalQuantile agrees with scipy', () => {
  it.each(reference.normalQuantiles)('at $probability', ({ probability, value }) => {
    expect(Math.abs(normalQuantile(probability) - value)).toBeLessThanOrEqual(1e-13 * Math.max(1, Math.abs(value)));
  });
});

describe('metrics without an answer', () => {
  it('gives null for one class and for no rows', () => {
    expect(auc([1, 1], [0.2, 0.3])).toBeNull();
    expect(measure({ metric: 'rmse' }, { labels: [], scores: [], threshold: null })).toBeNull();
    expect(measure({ metric: 'accuracy' }, { labels: [1], scores: [0.2], threshold: null })).toBeNull();
  });
  it('refuses scores that are not numbers', () => {
    expect(() => auc([0, 1], [0.1, Number.NaN])).toThrow('score 1 is NaN');
  });
});
