import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ksAsymptoticTail } from '../../../bench/drift/kolmogorov-law.ts';
import { chiSquareTest } from '../../../core/stats/chi-square-test.ts';
import { exactAtCuts, exactHomogeneity } from '../../../core/stats/exact-homogeneity.ts';
import { logFisherExact } from '../../../core/stats/fisher-exact.ts';
import { holmLimits } from '../../../core/stats/holm.ts';
import { jensenShannonDistance } from '../../../core/stats/jensen-shannon.ts';
import { ksAtCuts, ksTwoSample } from '../../../core/stats/ks-two-sample.ts';
import { populationStability } from '../../../core/stats/population-stability.ts';
import { unseenValuesBound } from '../../../core/stats/unseen-values.ts';
import { countsIn } from '../../../core/training/reference-profile.ts';

const SEED = { seed: 20260101 };
const someBins = (min: number) => fc.array(fc.integer({ min: 0, max: 500 }), { minLength: min, maxLength: min });
/** As many bins on each side, none of them without a case. */
const sides = (count: number, least = 0) =>
  fc
    .integer({ min: 2, max: 12 })
    .chain((bins) =>
      fc
        .tuple(...Array.from({ length: count }, () => someBins(bins)))
        .map((all) => all.map((counts) => counts.map((one, i) => one + (i === 0 ? Math.max(1, least) : least)))),
    );
const sample = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 40 });

describe('the stability index', () => {
  it('is symmetric, never negative, and 0 for equal shares', () => {
    fc.assert(
      fc.property(sides(2), fc.integer({ min: 1, max: 50 }), ([a, b], times) => {
        const index = populationStability(a!, b!)!;
        expect(index).toBeGreaterThanOrEqual(0);
        expect(populationStability(b!, a!)).toBeCloseTo(index, 12);
        expect(
          populationStability(
            a!,
            a!.map((count) => count * times),
          ),
        ).toBeCloseTo(0, 12);
      }),
      SEED,
    );
  });

  it('never rises when bins are merged', () => {
    fc.assert(
      // a share below the floor would count for more than it is
      fc.property(sides(2, 5), fc.nat(), ([a, b], at) => {
        const cut = 1 + (at % (a!.length - 1));
        const merge = (counts: number[]) => [
          ...counts.slice(0, cut - 1),
          counts[cut - 1]! + counts[cut]!,
          ...counts.slice(cut + 1),
        ];
        expect(populationStability(merge(a!), merge(b!))!).toBeLessThanOrEqual(populationStability(a!, b!)! + 1e-12);
      }),
      SEED,
    );
  });
});

describe('the Jensen-Shannon distance', () => {
  it('is a metric from 0 to 1', () => {
    fc.assert(
      fc.property(sides(3), ([a, b, c]) => {
        const [ab, bc, ac] = [
          jensenShannonDistance(a!, b!)!,
          jensenShannonDistance(b!, c!)!,
          jensenShannonDistance(a!, c!)!,
        ];
        expect(ab >= 0 && ab <= 1).toBe(true);
        expect(jensenShannonDistance(b!, a!)).toBeCloseTo(ab, 12);
        expect(jensenShannonDistance(a!, a!)).toBeCloseTo(0, 7);
        expect(ac).toBeLessThanOrEqual(ab + bc + 1e-12);
      }),
      SEED,
    );
  });
});

describe('the Kolmogorov-Smirnov distance', () => {
  it('does not change under a transformation that keeps the order', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const d = ksTwoSample(a, b);
        const bend = (x: number) => Math.exp(x / 10) + x;
        expect(ksTwoSample(a.map(bend), b.map(bend))).toBe(d);
        expect(ksTwoSample(b, a)).toBe(d);
        expect(d >= 0 && d <= 1).toBe(true);
      }),
      SEED,
    );
  });

  it('is at cuts what it is among the values, or less', () => {
    const edges = fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(sample, sample, edges, (a, b, unordered) => {
        const cuts = [...unordered].sort((x, y) => x - y);
        expect(ksAtCuts(countsIn(cuts, a), countsIn(cuts, b))!).toBeLessThanOrEqual(ksTwoSample(a, b) + 1e-12);
      }),
      SEED,
    );
  });

  it('has p-values that fall as it grows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 30 }), (n, m) => {
        const at = Array.from({ length: 21 }, (_, i) => i / 20);
        const p = at.map((distance) => ksAsymptoticTail(distance, n, m));
        p.forEach((value, i) => {
          expect(value >= 0 && value <= 1).toBe(true);
          if (i > 0) expect(value).toBeLessThanOrEqual(p[i - 1]! + 1e-9);
        });
      }),
      { ...SEED, numRuns: 40 },
    );
  });
});

describe('p-values', () => {
  it('are between 0 and 1, whatever is counted', () => {
    fc.assert(
      fc.property(sides(2), fc.double({ min: 0.01, max: 1, noNaN: true }), ([a, b], weight) => {
        const lighter = a!.map((count) => count * weight);
        const all = [
          exactHomogeneity(lighter, b!).pValue,
          exactAtCuts(lighter, b!),
          chiSquareTest(lighter, b!)?.pValue ?? 1,
          Math.exp(
            logFisherExact({ hits: lighter[0]!, n: lighter[0]! + lighter[1]! }, { hits: b![0]!, n: b![0]! + b![1]! }),
          ),
        ];
        for (const p of all) expect(p >= 0 && p <= 1).toBe(true);
      }),
      SEED,
    );
  });

  it('fall as the difference grows', () => {
    const reference = [100, 100];
    const p = Array.from({ length: 51 }, (_, more) => exactHomogeneity([50 + more, 50 - more], reference).pValue);
    p.forEach((value, i) => {
      if (i > 0) expect(value).toBeLessThanOrEqual(p[i - 1]!);
    });
  });

  it('of new values fall as there are more of them, and rise when they are told apart less', () => {
    const bound = (unseen: { cases: number; values: number }[]) =>
      unseenValuesBound({ n: 500, m: 5000, unseen, known: [{ values: 3, cases: 1700 }] });
    const p = Array.from({ length: 20 }, (_, cases) => bound([{ values: 1, cases }]));
    p.forEach((value, i) => {
      expect(value >= 0 && value <= 1).toBe(true);
      if (i > 0) expect(value).toBeLessThanOrEqual(p[i - 1]! + 1e-12);
    });
    expect(bound([{ values: 10, cases: 1 }])).toBeGreaterThanOrEqual(bound([{ values: 1, cases: 10 }]));
  });
});

describe("Holm's procedure", () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });

  it('holds every test against alpha / tests at least, and alpha at most, and larger p-values against no less', () => {
    fc.assert(
      fc.property(pValues, fc.double({ min: 0.001, max: 0.2, noNaN: true }), (p, alpha) => {
        const limits = holmLimits(p, alpha);
        p.forEach((value, i) => {
          expect(limits[i]!).toBeGreaterThanOrEqual(alpha / p.length);
          expect(limits[i]!).toBeLessThanOrEqual(alpha);
          p.forEach((other, j) => {
            if (value < other) expect(limits[i]!).toBeLessThanOrEqual(limits[j]!);
          });
        });
      }),
      SEED,
    );
  });

  it('finds whatever Bonferroni finds, and nothing larger than what it passes over', () => {
    fc.assert(
      fc.property(pValues, fc.double({ min: 0.001, max: 0.2, noNaN: true }), (p, alpha) => {
        const limits = holmLimits(p, alpha);
        const missed = Math.min(...p.filter((value, i) => value > limits[i]!));
        p.forEach((value, i) => {
          if (value <= alpha / p.length) expect(value).toBeLessThanOrEqual(limits[i]!);
          if (value > missed) expect(value).toBeGreaterThan(limits[i]!);
        });
      }),
      SEED,
    );
  });
});
