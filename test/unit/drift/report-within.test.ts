import { describe, expect, it } from 'vitest';
import type { DriftReport } from '../../../contracts/drift-scan.ts';
import { judgeDrift } from '../../../core/drift/judge-drift.ts';
import { reportWithin } from '../../../lambdas/use-cases/drift/report-within.ts';
import { numeric, POLICY, side } from './counted.ts';

/** Of a state machine's data. Source: AWS Step Functions developer guide, service quotas. */
const MAX_STATE_BYTES = 262_144;
const USUAL = Array.from({ length: 20 }, (_, i) => 497 + (i % 7));
const SHIFTED = USUAL.map((count, i) => (i < 10 ? count - 450 : count + 450));

/** Of a model with 300 inputs: three drift, and each is looked at in one segment too. */
function wideReport(): DriftReport {
  const columns = Array.from({ length: 300 }, (_, i) =>
    numeric(`customer_transactions:feature_${i}`, side(USUAL), side(i % 100 === 99 ? SHIFTED : USUAL)),
  );
  const sliced = columns.map((column) => ({ ...column, segment: 'customer:country = France' }));
  const { outcome, because, rows, effectiveRows, columns: judged } = judgeDrift([...columns, ...sliced], POLICY);
  const reference = { kind: 'training', releaseId: 'r', rows } as const;
  const found = { outcome, because, rows, effectiveRows, isPersistent: true, reference };
  const [from, to] = ['2026-03-01T12:00:00.000Z', '2026-03-02T12:00:00.000Z'];
  const check = (outcome: 'healthy' | 'unhealthy', i: number) => ({
    ...({ subject: `source of ${i}`, check: 'nulls', outcome, seen: i, limit: 0 } as const),
    because: 'a share of missing values that is much larger than it used to be '.repeat(5),
  });
  const checks = Array.from({ length: 400 }, (_, i) => check(i < 2 ? 'unhealthy' : 'healthy', i));
  return {
    ...{ scanId: 's', model: 'm', releaseId: 'r', cause: 'schedule', at: to, from, to },
    drift: { ...found, columns: judged.map((column) => structuredClone(column) as never) }, // the same, to be written
    performance: null,
    health: { outcome: 'unhealthy', because: 'two', checks },
    diagnosis: { kind: 'outage', because: 'two' },
  };
}

const REPORT = wideReport();
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('a report that has to fit', () => {
  it('is handed on by a state machine although its model has hundreds of inputs', () => {
    expect(bytes(REPORT)).toBeGreaterThan(MAX_STATE_BYTES);
    const fitting = reportWithin(REPORT, MAX_STATE_BYTES);
    expect(bytes(fitting)).toBeLessThanOrEqual(MAX_STATE_BYTES);
    expect(bytes(fitting)).toBeGreaterThan(0.9 * MAX_STATE_BYTES);
  });

  it('keeps what drifts, in segments too, then what is said of all rows, in the order it had', () => {
    const { drift, health } = reportWithin(REPORT, MAX_STATE_BYTES);
    const columns = drift?.columns ?? [];
    expect(columns.slice(0, 6).map(({ outcome }) => outcome)).toEqual(Array(6).fill('drifting'));
    expect(columns.slice(6).every(({ segment }) => segment === null)).toBe(true);
    const order = REPORT.drift!.columns.filter((one) => columns.includes(one));
    expect(columns).toEqual(order);
    expect(health.checks.slice(0, 2).map(({ outcome }) => outcome)).toEqual(['unhealthy', 'unhealthy']);
  });

  it('is left as it is when it fits', () => {
    expect(reportWithin(REPORT, 10 * MAX_STATE_BYTES)).toBe(REPORT);
  });
});
