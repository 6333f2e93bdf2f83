import { describe, expect, it } from 'vitest';
import type { PerformancePolicy } from '../../../core/definitions/monitoring.ts';
import { judgePerformance } from '../../../core/performance/judge-performance.ts';
import { type PerformanceSpec, performanceSpec } from '../../../core/performance/performance-spec.ts';
import type { ReleaseManifest } from '../../../core/release/release-manifest.ts';
import { seededRandom, standardNormal } from '../../../core/stats/seeded-random.ts';

const POLICY: PerformancePolicy = {
  maturityMs: 1_000,
  windowMs: 80_000,
  metrics: [{ metric: 'rmse' }, { metric: 'mae' }],
  minOutcomes: 100,
  loss: 'squared_error',
  margin: 0.1,
  falseAlarms: 0.01,
};
const MANIFEST = {
  model: { problem: 'regression', segments: [], gates: [], serving: { decisionThreshold: null } },
  inputs: [],
  evaluation: {
    ...{ metrics: {}, testRows: 10_000, champion: null, scoreCuts: [0], calibration: [] },
    losses: { squared_error: { mean: 1, standardError: 0.014 }, absolute_error: { mean: 0.8, standardError: 0.006 } },
  },
} as unknown as ReleaseManifest; // what a look at performance reads of one

const SCOPE = { database: 'd', model: 'price', releaseId: 'r'.repeat(64), atMs: 200_000, sinceMs: 100_000 };
const spec: PerformanceSpec = performanceSpec(SCOPE, POLICY, MANIFEST);

/** Answers about 0 whose truth lies so far away, in one stretch. */
function judged(error: number, policy = POLICY) {
  const random = seededRandom(3);
  const sample = Array.from({ length: 2_000 }, () => {
    const score = standardNormal(random);
    return { isMatured: true, score, outcome: score + error * standardNormal(random), segments: [] };
  });
  const losses = sample.map(({ score, outcome }) => (score - outcome) ** 2);
  const stretch = {
    number: 12,
    n: losses.length,
    sum: losses.reduce((sum, x) => sum + x, 0),
    sumSquares: losses.reduce((sum, x) => sum + x * x, 0),
  };
  const flags = { isMatured: true, isProvisional: false, isRecent: true, decision: null, bin: 0, scores: 0 };
  const all = { predictions: 2_000, outcomes: 2_000, units: 2_000, unitOutcomes: 2_000 };
  return judgePerformance(spec, policy, MANIFEST, { counts: [{ ...flags, ...all }], stretches: [stretch], sample });
}

describe('a regression', () => {
  it('is held against the mean square of its evaluation, and its scores foretell nothing', () => {
    const found = judged(1);
    expect(found.outcome).toBe('holding');
    expect(found.estimated).toBeNull();
    expect(found.matured.metrics.map(({ metric }) => metric)).toEqual(['rmse', 'mae']);
    expect(found.matured.metrics[0]!.value).toBeCloseTo(1, 1);
    expect(found.calibration).toHaveLength(2);
  });

  it('is degraded when its errors have grown by a quarter', () => {
    const found = judged(1.25);
    expect(found.outcome).toBe('degraded');
    expect(found.loss).toMatchObject({ name: 'squared_error', promised: 1, outcomes: 2_000 });
    expect(found.loss.since).toBe(new Date(120_000).toISOString());
    expect(found.because).toMatch(
      /^mean squared_error 1\.\d+ of 2000 outcomes, surely above 1\.\d+; promised were 1\.000/,
    );
  });

  it('is not judged from fewer outcomes than are asked for, however large its errors', () => {
    expect(judged(1.25, { ...POLICY, minOutcomes: 5_000 }).outcome).toBe('not-computable');
  });
});
