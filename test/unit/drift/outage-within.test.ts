import { describe, expect, it } from 'vitest';
import { outageWithin, type ScanHealth } from '../../../core/drift/outage-within.ts';

const scan = (minute: number, outcome: ScanHealth['health']['outcome']): ScanHealth => ({
  at: new Date(minute * 60_000).toISOString(),
  health: { outcome, because: `at ${minute}` },
});
const within = (fromMinute: number, ...newestFirst: readonly ScanHealth[]) =>
  outageWithin(newestFirst, fromMinute * 60_000);

describe('an outage within a window', () => {
  it('is there as long as no later scan found everything healthy, however old it is', () => {
    expect(within(100, scan(10, 'unhealthy'), scan(5, 'healthy'))).toEqual(scan(10, 'unhealthy'));
    expect(within(100, scan(20, 'not-computable'), scan(10, 'unhealthy'))).toEqual(scan(10, 'unhealthy'));
  });

  it('may have lasted until the first scan that found everything healthy', () => {
    const scans = [scan(30, 'healthy'), scan(20, 'healthy'), scan(10, 'unhealthy'), scan(5, 'unhealthy')];
    expect(within(15, ...scans)).toEqual(scan(10, 'unhealthy'));
    expect(within(20, ...scans)).toBeNull();
  });

  it('is not there when no scan found one', () => {
    expect(within(0)).toBeNull();
    expect(within(0, scan(10, 'healthy'), scan(5, 'not-computable'))).toBeNull();
  });
});
