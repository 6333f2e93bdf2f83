import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../core/clock.ts';
import { judgeSource } from '../../../core/health/judge-source.ts';
import { seededRandom } from '../../../core/stats/seeded-random.ts';
import { type SimulatedSource, simulated, weekly } from './simulated-source.ts';

const SEED = 20260101;
const SCANS = 150;

/** Sources that nothing is wrong with. docs/health.md tells the rates of 1,000 scans of each. */
const SOURCES: readonly (readonly [string, SimulatedSource])[] = [
  ['a thousand rows a day, a fifth of it on weekends', { mean: weekly(1_000, 200) }],
  ['as many, varying by 45 % from day to day', { mean: weekly(1_000, 200), size: 5 }],
  ['forty rows a day, varying by 45 %', { mean: weekly(40, 8), size: 5, nullShare: () => 0.1 }],
  ['twenty rows a day', { mean: () => 20, nullShare: () => 0.05 }],
  ['one row every other day', { mean: () => 0.5 }],
  [
    'rows that come a day late, 2 % without a value',
    { mean: weekly(5_000, 1_000), size: 20, delays: [0.3, 0.6, 0.1], nullShare: () => 0.02 },
  ],
  ['watched for ten days', { mean: weekly(1_000, 200), size: 5, liveFor: 10 }],
  ['thirty rows a minute', { widthMs: MINUTE_MS, mean: () => 30, buckets: 44, liveFor: 40, nullShare: () => 0.1 }],
];

describe('a source that nothing is wrong with', () => {
  it.each(SOURCES)('%s: at most one scan of a hundred calls it unhealthy', (_, source) => {
    const random = seededRandom(SEED);
    let alarms = 0;
    for (let scan = 0; scan < SCANS; scan++) {
      const checks = judgeSource({ name: 'orders', columns: ['amount'], buckets: [simulated(source, random)] });
      if (checks.some(({ outcome }) => outcome === 'unhealthy')) alarms++;
    }
    expect(alarms / SCANS).toBeLessThanOrEqual(0.01);
  });
});
