import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { METRICS_OF } from '../../core/metrics/metric-facts.ts';
import type { CalibrationBin } from '../../core/performance/calibration-bins.ts';
import { estimateMetrics } from '../../core/performance/estimate-metrics.ts';
import { metricOfBins, type OutcomeBin } from '../../core/performance/expected-metrics.ts';
import { isExceeded, lossEvidence, type Stretch } from '../../core/performance/loss-evidence.ts';
import { type PromisedLoss, promisedLosses } from '../../core/performance/row-loss.ts';

type Metrics = Readonly<Record<string, number>>;

const reference = JSON.parse(readFileSync(new URL('./performance.json', import.meta.url), 'utf8')) as {
  losses: { scores: number[]; labels: number[]; losses: Record<string, PromisedLoss> };
  evidence: { why: string; limit: number; alpha: number; stretches: Stretch[]; isExceeded: boolean; low: number }[];
  bins: { bins: OutcomeBin[]; metrics: Metrics };
  estimates: {
    why: string;
    calibration: CalibrationBin[];
    counts: { decision: boolean; n: number; scores: number }[];
    expected: Metrics;
    seen: Metrics;
  }[];
};

describe('the promise of a release agrees with numpy', () => {
  it.each(['binary', 'regression'] as const)('%s', (problem) => {
    const { scores, labels, losses } = reference.losses;
    const found = promisedLosses(problem, { scores, labels, threshold: null }) ?? {};
    for (const [loss, { mean, standardError }] of Object.entries(found)) {
      expect(mean).toBeCloseTo(losses[loss]!.mean, 12);
      expect(standardError).toBeCloseTo(losses[loss]!.standardError, 12);
    }
    expect(Object.keys(found)).toHaveLength(2);
  });
});

describe('the evidence against a promise agrees with the formula row by row in numpy', () => {
  it.each(reference.evidence)('$why', ({ limit, alpha, stretches, isExceeded: wanted, low }) => {
    const found = lossEvidence(stretches, limit, alpha);
    expect(found.isExceeded).toBe(wanted);
    expect(isExceeded(stretches, limit, alpha)).toBe(wanted);
    expect(found.low).toBeCloseTo(low, 9);
  });

  it('says where it is strongest', () => {
    const late = reference.evidence.find(({ why }) => why.startsWith('worse late'))!;
    expect(lossEvidence(late.stretches, late.limit, late.alpha).since).toBe(1);
  });
});

describe('metrics of bins agree with scikit-learn on weighted rows', () => {
  it.each(Object.entries(reference.bins.metrics))('%s', (metric, value) => {
    const choice = { metric: METRICS_OF.binary.find((name) => name === metric)! };
    expect(metricOfBins(choice, reference.bins.bins)).toBeCloseTo(value, 12);
  });
});

describe('what scores promise is near what truth says in numpy', () => {
  const estimatesOf = ({ counts, calibration, expected }: (typeof reference.estimates)[number]) => {
    const metrics = METRICS_OF.binary.filter((metric) => metric in expected).map((metric) => ({ metric }));
    const answers = counts.map(({ decision, n, scores }) => ({
      ...{ isMatured: false, isProvisional: true, isRecent: true, bin: 0, outcomes: 0, units: n, unitOutcomes: 0 },
      ...{ decision, predictions: n, scores },
    }));
    return estimateMetrics(metrics, answers, calibration);
  };
  const holding = reference.estimates.filter(({ why }) => !why.startsWith('a relation'));

  it.each(holding)('$why', (one) => {
    for (const { metric, value, low, high } of estimatesOf(one)) {
      expect(Math.abs(value! - one.expected[metric]!), `${metric} against the rows`).toBeLessThan(0.015);
      expect(Math.abs(one.seen[metric]! - value!), `${metric} as it was seen`).toBeLessThan(high! - low!);
      expect(high! - low!, `band of ${metric}`).toBeLessThan(0.04);
    }
  });

  it('and says nothing about a relation that has changed: the estimate stays, the truth does not', () => {
    const changed = reference.estimates.find(({ why }) => why.startsWith('a relation'))!;
    const precision = estimatesOf(changed).find(({ metric }) => metric === 'precision')!;
    expect(Math.abs(precision.value! - changed.expected['precision']!)).toBeLessThan(0.01);
    expect(changed.seen['precision']).toBeLessThan(precision.low! - 0.2);
  });
});
