import { describe, expect, it } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../../core/clock.ts';
import type { HealthCheck } from '../../../core/health/health-check.ts';
import { judgeSource } from '../../../core/health/judge-source.ts';
import { seededRandom } from '../../../core/stats/seeded-random.ts';
import { AT_MS, type SimulatedSource, simulated, weekly } from './simulated-source.ts';

const SEED = 20260101;

function judged(...sources: readonly SimulatedSource[]): readonly HealthCheck[] {
  const random = seededRandom(SEED);
  const buckets = sources.map((source) => simulated(source, random));
  return judgeSource({ name: 'orders', columns: ['amount'], buckets });
}

const outcomes = (checks: readonly HealthCheck[]): Partial<Record<HealthCheck['check'], HealthCheck['outcome']>> =>
  Object.fromEntries(checks.map(({ check, outcome }) => [check, outcome]));
const unless = (ago: number, otherwise: number, mean: (ago: number) => number) => (bucket: number) =>
  bucket <= ago ? otherwise : mean(bucket);
const WELL = { freshness: 'healthy', volume: 'healthy', nulls: 'healthy', lateness: 'healthy' };

describe('a source', () => {
  it('is healthy when it brings what it always brought, week in, week out', () => {
    expect(outcomes(judged({ mean: weekly(1_000, 200), size: 20, nullShare: () => 0.1 }))).toEqual(WELL);
  });

  it('that always had rows each day and has none for the last one is unhealthy, with the numbers', () => {
    const [rhythm, volume] = judged({ mean: unless(0, 0, weekly(1_000, 200)) });
    expect(rhythm?.outcome).toBe('healthy'); // one day is no pause yet
    expect(volume).toMatchObject({ outcome: 'unhealthy', seen: 0 });
    expect(volume?.because).toMatch(
      /^source orders: 0 rows in the day to 2026-03-04T09:30:00.000Z, where \d+ are usual \(median of 5 days of the same weekday\); fewer than \d+ are too few$/,
    );
    expect(volume?.limit).toBeGreaterThan(100);
  });

  it('is still unhealthy after weeks of silence: what is silent does not become usual', () => {
    for (const days of [3, 10, 20, 34]) {
      const [rhythm] = judged({ buckets: 43 + days, mean: unless(days - 1, 0, weekly(1_000, 200)) });
      expect(rhythm, `${days} days`).toMatchObject({ outcome: 'unhealthy', seen: days * DAY_MS + 1 });
      expect(rhythm?.because).toContain('there never was a pause');
    }
  });

  it('that rests on weekends is silent when it rests longer', () => {
    const resting = weekly(500, 0);
    expect(outcomes(judged({ mean: resting })).freshness).toBe('healthy');
    expect(outcomes(judged({ mean: unless(1, 0, resting) })).freshness).toBe('healthy');
    expect(outcomes(judged({ mean: unless(1, 0, resting) })).volume).toBe('unhealthy');
    expect(outcomes(judged({ buckets: 50, mean: unless(7, 0, resting) })).freshness).toBe('unhealthy');
  });

  it('that brings everything twice, and then some, is unhealthy', () => {
    expect(outcomes(judged({ mean: unless(0, 4_000, () => 1_000) })).volume).toBe('unhealthy');
    expect(outcomes(judged({ mean: unless(0, 2_000, () => 1_000) })).volume).toBe('healthy');
  });

  it('that is filled at night is compared with what it had at this time of day, and its newest whole day is judged', () => {
    const nightly = { mean: weekly(1_000, 200), delays: [0.1, 0.9] };
    expect(outcomes(judged(nightly))).toEqual(WELL);
    const [, volume] = judged({ ...nightly, mean: unless(1, 0, weekly(1_000, 200)) });
    expect(volume?.outcome).toBe('unhealthy');
    expect(volume?.because).toContain('the day to 2026-03-03T09:30:00.000Z');
  });

  it('names the column whose values have gone missing, and lets small moves be', () => {
    const jump = (share: number) => ({ mean: () => 1_000, nullShare: (ago: number) => (ago === 0 ? share : 0.1) });
    const nulls = judged(jump(0.6)).find(({ check }) => check === 'nulls');
    expect(nulls?.outcome).toBe('unhealthy');
    expect(nulls?.because).toMatch(/amount \(\d+(\.\d)? %, where 10(\.\d)? % is usual and \d+(\.\d)? % the limit\)$/);
    expect(outcomes(judged(jump(0.13)))).toEqual(WELL);
    expect(outcomes(judged(jump(0))).nulls).toBe('healthy'); // fewer are no harm
  });

  it('that comes later after its events than it used to is unhealthy', () => {
    const source = { mean: () => 1_000, delays: [0.95, 0.05] };
    expect(outcomes(judged(source))).toEqual(WELL);
    const random = seededRandom(SEED);
    const now = simulated(source, random);
    const held = now.counts.map((count) => (count.bucket === 3 && count.delay === 0 ? { ...count, delay: 3 } : count));
    const late = judgeSource({ name: 'orders', columns: [], buckets: [{ ...now, counts: held }] });
    expect(outcomes(late)).toMatchObject({ lateness: 'unhealthy' });
  });

  it('says nothing in its first week, however much history was loaded at first', () => {
    const checks = judged({ mean: unless(0, 0, weekly(1_000, 200)), liveFor: 6 });
    expect(new Set(checks.map(({ outcome }) => outcome))).toEqual(new Set(['not-computable']));
    expect(judged({ mean: () => 0 }).map(({ outcome }) => outcome)).toEqual(['not-computable', 'not-computable']);
  });

  it('of which too few rows come for a day without any to tell something is waited for', () => {
    const [, volume] = judged({ mean: unless(0, 0, () => 2) });
    expect(volume).toMatchObject({ outcome: 'not-computable', seen: 0 });
    expect(volume?.because).toContain('so few that none would be chance');
  });

  it('is judged by the minute when the scan looks at minutes, and by the day when minutes cannot tell', () => {
    const minutes = { widthMs: MINUTE_MS, buckets: 44, liveFor: 40 };
    const silent = judged({ ...minutes, mean: unless(2, 0, () => 60) }, { mean: () => 1_000, liveFor: 1 });
    expect(outcomes(silent)).toMatchObject({ freshness: 'unhealthy', volume: 'unhealthy' });
    expect(silent[1]?.because).toContain('the 1m to');
    const nightly = { ...minutes, mean: (ago: number) => (ago > 40 ? 1_000 : 0) };
    const byDay = judged(nightly, { mean: unless(0, 0, () => 1_000) });
    expect(byDay.find(({ check }) => check === 'volume')).toMatchObject({ outcome: 'unhealthy' });
    expect(byDay.find(({ check }) => check === 'volume')?.because).toContain(
      `the day to ${new Date(AT_MS).toISOString()}`,
    );
  });
});
