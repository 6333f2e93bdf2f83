import { describe, expect, it } from 'vitest';
import { judgeLatency, type LatencyGate, quantileRanks } from '../../../core/gates/latency-gate.ts';
import { seededRandom } from '../../../core/stats/seeded-random.ts';

const gate: LatencyGate = {
  kind: 'latency',
  quantile: 0.95,
  atMostMs: 100,
  requestsPerSecond: 50,
  forMs: 20_000,
  minRequests: 100,
};
/** `slow` of `n` answers take 150 ms, the others 50. */
const answers = (n: number, slow: number) => Float64Array.from({ length: n }, (_, i) => (i < n - slow ? 50 : 150));
const judged = (n: number, slow: number, failed = 0, over: Partial<LatencyGate> = {}) =>
  judgeLatency({ ...gate, ...over }, { latenciesMs: answers(n, slow), promptMs: answers(n, slow), failed });

describe('the latency gate', () => {
  it('passes when the whole interval of the quantile is within the limit', () => {
    expect(judged(1000, 30)).toMatchObject({
      outcome: 'pass',
      evidence: [{ metric: 'p95 latency in ms at 50 requests per second', observed: 50, limit: 100, n: 1000 }],
    });
  });
  it('fails when all of it is beyond', () => {
    expect(judged(1000, 80)).toMatchObject({
      outcome: 'fail',
      because: expect.stringContaining('at most 100 is allowed'),
    });
  });
  it('is inconclusive in between, and says how many requests would settle it', () => {
    const verdict = judged(1000, 45);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', because: expect.stringMatching(/about \d+ requests/) });
    const needed = Number(/about (\d+) requests/.exec(verdict.outcome === 'pass' ? '' : verdict.because)?.[1]);
    expect(judged(needed, Math.round(needed * 0.045)).outcome).toBe('pass');
    expect(judged(Math.floor(needed / 2), Math.round(needed * 0.0225)).outcome).toBe('inconclusive');
  });
  it('is inconclusive, not passed, on too few requests, and says how many more it needs', () => {
    expect(judged(90, 0)).toMatchObject({ outcome: 'inconclusive', because: expect.stringContaining('10 more') });
    expect(judged(40, 0, 0, { minRequests: 1 })).toMatchObject({
      outcome: 'inconclusive',
      because: expect.stringContaining('unknown'),
    });
    expect(judged(0, 0)).toMatchObject({
      outcome: 'inconclusive',
      because: expect.stringContaining('no request was sent'),
    });
  });
  it('counts a failed request as slower than every answer', () => {
    expect(judged(950, 0, 20).outcome).toBe('pass');
    expect(judged(920, 0, 80).outcome).toBe('fail');
    expect(judged(0, 0, 500)).toMatchObject({ outcome: 'fail', evidence: [{ observed: null }] });
  });
  it('does not blame the release for the delays of the sender', () => {
    const both = { latenciesMs: answers(1000, 80), failed: 0 };
    expect(judgeLatency(gate, { ...both, promptMs: answers(1000, 45) })).toMatchObject({
      outcome: 'inconclusive',
      because: expect.stringContaining('without the delays of the sender itself'),
    });
    expect(judgeLatency(gate, { ...both, promptMs: answers(1000, 75) }).outcome).toBe('fail');
  });
  it('says so when no number of requests would settle it', () => {
    expect(judged(1000, 50)).toMatchObject({ because: expect.stringContaining('no number of requests') });
  });
});

describe('the interval of a quantile', () => {
  it('needs as many observations as its ends', () => {
    // P(all 72 below the quantile) = 0.95^72 = 0.0249 < 0.025 <= 0.95^71
    expect(quantileRanks(71, 0.95).high).toBeNull();
    expect(quantileRanks(72, 0.95).high).toBe(72);
    expect(quantileRanks(5, 0.5)).toEqual({ low: null, high: null });
  });

  it('holds the quantile of any distribution at least as often as it says', () => {
    const random = seededRandom(7);
    const n = 300;
    const { low, high } = quantileRanks(n, 0.9);
    const heavyTailed = () => (1 - random()) ** -2;
    const truth = 0.1 ** -2;
    let held = 0;
    for (let run = 0; run < 2000; run++) {
      const sample = Float64Array.from({ length: n }, heavyTailed).sort();
      if (sample[low! - 1]! <= truth && truth <= sample[high! - 1]!) held++;
    }
    expect(held / 2000).toBeGreaterThanOrEqual(0.94);
    expect(held / 2000).toBeLessThanOrEqual(0.98);
  });
});
