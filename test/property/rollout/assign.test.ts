import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf } from '../../../core/rollout/assign.ts';

const SEED = 20260101;
const UNITS = 20_000;
const BINS = 20;
/** Of chi-square with 19 degrees of freedom, exceeded once in a thousand. Source: R, qchisq(0.999, 19). */
const CHI_SQUARE_LIMIT = 43.82;

/** Customers counted up: the names that a poor hash would fail on. */
const units = Array.from({ length: UNITS }, (_, i) => `[${i}]`);
const rolloutIds = fc.sample(fc.uuid(), { seed: SEED, numRuns: 4 });

describe(`units are drawn (seed ${SEED})`, () => {
  it.each(rolloutIds)('uniformly in rollout %s', (rolloutId) => {
    const counts = new Array<number>(BINS).fill(0);
    for (const unit of units) counts[Math.floor(BINS * bucketOf(rolloutId, unit))]!++;
    const expected = UNITS / BINS;
    const chiSquare = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(CHI_SQUARE_LIMIT);
  });

  it('independently in two rollouts, and for challenger and shadow of one', () => {
    const [one = '', other = ''] = rolloutIds;
    const draws = [
      (unit: string) => bucketOf(one, unit),
      (unit: string) => bucketOf(other, unit),
      (unit: string) => bucketOf(one, unit, 'shadow'),
    ];
    const correlation = (a: (unit: string) => number, b: (unit: string) => number) =>
      units.reduce((sum, unit) => sum + (a(unit) - 0.5) * (b(unit) - 0.5), 0) / (UNITS / 12);
    // four standard errors
    const limit = 4 / Math.sqrt(UNITS);
    expect(Math.abs(correlation(draws[0]!, draws[1]!))).toBeLessThan(limit);
    expect(Math.abs(correlation(draws[0]!, draws[2]!))).toBeLessThan(limit);
  });

  it('once: the same unit lies in the same place, in [0, 1)', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (rolloutId, unit) => {
        const bucket = bucketOf(rolloutId, unit);
        expect(bucket).toBeGreaterThanOrEqual(0);
        expect(bucket).toBeLessThan(1);
        expect(bucketOf(rolloutId, unit)).toBe(bucket);
      }),
      { seed: SEED },
    );
  });

  it('so that a share that grows keeps who was in', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.uuid(), share, share, (rolloutId, a, b) => {
        const within = (limit: number) => units.slice(0, 200).filter((unit) => bucketOf(rolloutId, unit) < limit);
        const [small, large] = [within(Math.min(a, b)), new Set(within(Math.max(a, b)))];
        expect(small.every((unit) => large.has(unit))).toBe(true);
      }),
      { seed: SEED, numRuns: 20 },
    );
  });
});
