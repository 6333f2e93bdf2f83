import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../core/clock.ts';
import { type HealthCheck, healthOf } from '../../../core/health/health-check.ts';
import { judgeSchema } from '../../../core/health/judge-schema.ts';
import { judgeServed } from '../../../core/health/judge-served.ts';
import { judgeViewAge } from '../../../core/health/judge-view-age.ts';
import { bucketWidthsMs } from '../../../core/health/source-buckets.ts';
import { AT_MS } from './simulated-source.ts';

const check = (outcome: HealthCheck['outcome'], because: string): HealthCheck => ({
  subject: 'source orders',
  check: 'volume',
  outcome,
  because,
  seen: 1,
  limit: 2,
});

describe('the health of all inputs', () => {
  it('is the worst of its checks, told first and in their words', () => {
    const found = healthOf([
      check('healthy', 'a'),
      check('not-computable', 'b'),
      check('unhealthy', 'orders are silent'),
    ]);
    expect(found).toMatchObject({ outcome: 'unhealthy', because: 'orders are silent' });
    expect(found.checks.map(({ outcome }) => outcome)).toEqual(['unhealthy', 'healthy', 'not-computable']);
  });

  it('is healthy when something was looked at and is well, and not known when nothing was', () => {
    expect(healthOf([check('healthy', 'a'), check('not-computable', 'b')])).toMatchObject({
      outcome: 'healthy',
      because: '1 of 2 checks are well and none is not',
    });
    expect(healthOf([check('not-computable', 'too little history')]).outcome).toBe('not-computable');
    expect(healthOf([]).outcome).toBe('not-computable');
  });

  it('names three of many that are unhealthy', () => {
    const bad = ['a', 'b', 'c', 'd', 'e'].map((because) => check('unhealthy', because));
    expect(healthOf(bad).because).toBe('a; b; c; and 2 more');
  });
});

describe('the age of what a view serves', () => {
  const ofAge = (ageMs: number, freshnessMs: number | null = HOUR_MS) =>
    judgeViewAge({ view: 'spend', freshnessMs, newestMs: AT_MS - ageMs }, AT_MS);

  it('may be as much as the view promises, and no more', () => {
    expect(ofAge(HOUR_MS)).toMatchObject({ outcome: 'healthy', seen: HOUR_MS, limit: HOUR_MS });
    expect(ofAge(HOUR_MS + 1)).toMatchObject({ outcome: 'unhealthy' });
    expect(ofAge(-MINUTE_MS)).toMatchObject({ outcome: 'healthy', seen: 0 }); // served after the scan was planned
  });

  it('cannot be judged without a promise; with one, nothing online is a breach', () => {
    expect(ofAge(DAY_MS, null).outcome).toBe('not-computable');
    expect(judgeViewAge({ view: 'spend', freshnessMs: HOUR_MS, newestMs: null }, AT_MS).outcome).toBe('unhealthy');
    expect(judgeViewAge({ view: 'spend', freshnessMs: null, newestMs: null }, AT_MS).outcome).toBe('not-computable');
  });
});

describe('what predictions were served without', () => {
  const served = (rows: number, liveShare: number, referenceShare: number) =>
    judgeServed([{ column: 'spend:sum_7d', rows, liveShare, referenceShare }]);

  it('is an outage when it is much more than in training', () => {
    expect(served(1_000, 1, 0.02)).toMatchObject({ outcome: 'unhealthy', seen: 1, limit: 0.22 });
    expect(served(1_000, 1, 0.02).because).toBe(
      'inputs are served without values: spend:sum_7d (100 % of the predictions, 2 % in training)',
    );
    expect(served(1_000, 0.1, 0.02).outcome).toBe('healthy'); // the drift test's to find
    expect(served(1_000, 0.5, 0.5).outcome).toBe('healthy');
  });

  it('is not judged by a handful of predictions', () => {
    expect(served(29, 1, 0).outcome).toBe('not-computable');
    expect(judgeServed([]).outcome).toBe('not-computable');
    expect(served(40, 0.6, 0.3).outcome).toBe('healthy'); // within what chance does to forty
  });
});

describe('the schema of a source', () => {
  const source = {
    kind: 'source' as const,
    name: 'orders',
    columns: [
      { name: 'customer_id', from: 'customer_id', type: 'string' as const, required: true },
      { name: 'amount', from: 'amount', type: 'float64' as const, required: false },
    ],
    eventTime: { column: 'ordered_at' },
    knownAtColumn: null,
    lagMs: 0,
    eventIdColumn: null,
    csv: { delimiter: ',', skipLines: 0, header: true, nulls: [] },
    description: '',
    owner: '',
  };

  it('is well while every column that is read is there with its type', () => {
    const more = { ...source, columns: [...source.columns, { ...source.columns[1]!, name: 'note' }] };
    expect(judgeSchema(source, ['amount', 'customer_id'], more)).toMatchObject({ outcome: 'healthy', seen: 0 });
    expect(judgeSchema(source, ['customer_id'], { ...source, columns: source.columns.slice(0, 1) }).outcome).toBe(
      'healthy',
    );
  });

  it('is broken by a column that is gone or has another type, another time, or no source at all', () => {
    const retyped = { ...source, columns: source.columns.map((column) => ({ ...column, type: 'string' as const })) };
    expect(judgeSchema(source, ['amount'], retyped).because).toBe(
      'source orders: column amount is of type string, it was float64',
    );
    expect(judgeSchema(source, ['amount'], { ...source, columns: [] }).because).toBe(
      'source orders: column amount is gone',
    );
    const moved = { ...source, eventTime: { column: 'paid_at' }, knownAtColumn: 'seen_at' };
    expect(judgeSchema(source, [], moved)).toMatchObject({ outcome: 'unhealthy', seen: 2 });
    expect(judgeSchema(source, [], null).because).toBe('source orders: no deployed definition has that name');
  });
});

describe('the width of buckets', () => {
  it('is the widest that fits the window and divides a day, and a day beside it', () => {
    expect(bucketWidthsMs(7 * DAY_MS)).toEqual([DAY_MS]);
    expect(bucketWidthsMs(DAY_MS - 1)).toEqual([6 * HOUR_MS, DAY_MS]);
    expect(bucketWidthsMs(10 * MINUTE_MS)).toEqual([5 * MINUTE_MS, DAY_MS]);
    expect(bucketWidthsMs(1)).toEqual([MINUTE_MS, DAY_MS]);
  });
});
