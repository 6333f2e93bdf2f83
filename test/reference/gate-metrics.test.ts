import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MetricChoice } from '../../core/definitions/model.ts';
import { measure } from '../../core/metrics/metric.ts';
import { proportionInterval } from '../../core/stats/proportion-interval.ts';
import { rateDifference } from '../../core/stats/rate-comparison.ts';

interface Rows {
  why: string;
  labels: number[];
  scores: number[];
}
interface Binary extends Rows {
  averagePrecision: number;
  f1: number | null;
  precision: number | null;
  recall: number | null;
  calibrationError: number;
  atK: { k: number; precision: number; recall: number }[];
}
interface Regression extends Rows {
  rmse: number;
  mae: number;
  pinball: { alpha: number; value: number }[];
}
const reference = JSON.parse(readFileSync(new URL('./gate-metrics.json', import.meta.url), 'utf8')) as {
  binary: Binary[];
  regression: Regression[];
  proportions: { hits: number; n: number; confidence: number; interval: [number, number] }[];
  differences: { a: [number, number]; b: [number, number]; interval: [number, number] }[];
};

function expectMetric(choice: MetricChoice, { labels, scores }: Rows, expected: number | null): void {
  const value = measure(choice, { labels, scores, threshold: 0.5 });
  if (expected === null || value === null) expect(value).toBe(expected);
  else expect(Math.abs(value - expected), JSON.stringify(choice)).toBeLessThan(1e-12);
}

describe('metrics of decisions and rankings agree with scikit-learn', () => {
  it.each(reference.binary)('$why', (rows) => {
    expectMetric({ metric: 'average_precision' }, rows, rows.averagePrecision);
    expectMetric({ metric: 'f1' }, rows, rows.f1);
    expectMetric({ metric: 'precision' }, rows, rows.precision);
    expectMetric({ metric: 'recall' }, rows, rows.recall);
    expectMetric({ metric: 'calibration_error' }, rows, rows.calibrationError);
    for (const { k, precision, recall } of rows.atK) {
      expectMetric({ metric: 'precision_at_k', k }, rows, precision);
      expectMetric({ metric: 'recall_at_k', k }, rows, recall);
    }
  });
});

describe('metrics of numbers agree with scikit-learn', () => {
  it.each(reference.regression)('$why', (rows) => {
    expectMetric({ metric: 'rmse' }, rows, rows.rmse);
    expectMetric({ metric: 'mae' }, rows, rows.mae);
    for (const { alpha, value } of rows.pinball) expectMetric({ metric: 'pinball', alpha }, rows, value);
  });
});

describe('intervals of shares agree with statsmodels', () => {
  it.each(reference.proportions)('of $hits in $n', ({ hits, n, confidence, interval: [low, high] }) => {
    const found = proportionInterval(hits, n, confidence);
    expect(found.low).toBeCloseTo(low, 12);
    expect(found.high).toBeCloseTo(high, 12);
  });
  it.each(reference.differences)('of $a less $b', ({ a, b, interval: [low, high] }) => {
    const found = rateDifference({ hits: a[0], n: a[1] }, { hits: b[0], n: b[1] }, 0.95);
    expect(found.low).toBeCloseTo(low, 12);
    expect(found.high).toBeCloseTo(high, 12);
  });
});
