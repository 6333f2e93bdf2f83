import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kolmogorovTail, ksAsymptoticTail } from '../../bench/drift/kolmogorov-law.ts';
import { chiSquareQuantile } from '../../core/stats/chi-square-law.ts';
import { chiSquareTest } from '../../core/stats/chi-square-test.ts';
import { exactAtCuts, exactHomogeneity } from '../../core/stats/exact-homogeneity.ts';
import { logFisherExact } from '../../core/stats/fisher-exact.ts';
import { holmLimits } from '../../core/stats/holm.ts';
import { logHypergeometricTail } from '../../core/stats/hypergeometric.ts';
import { gammaTail } from '../../core/stats/incomplete-gamma.ts';
import { jensenShannonDistance } from '../../core/stats/jensen-shannon.ts';
import { ksTwoSample } from '../../core/stats/ks-two-sample.ts';
import { populationStability, populationStabilityQuantile } from '../../core/stats/population-stability.ts';
import { unseenValuesBound } from '../../core/stats/unseen-values.ts';
import { sharedFile } from './shared-data.ts';

interface Sides {
  readonly a: number[];
  readonly b: number[];
}

const reference = JSON.parse(readFileSync(new URL('./drift.json', import.meta.url), 'utf8')) as {
  gammaTail: { shape: number; x: number; value: number }[];
  chiSquareQuantile: { probability: number; degrees: number; value: number }[];
  chiSquare: (Sides & { statistic: number; degrees: number; pValue: number })[];
  psi: (Sides & { value: number })[];
  psiQuantile: { n: number; m: number; bins: number; probability: number; value: number }[];
  jensenShannon: (Sides & { distance: number })[];
  hypergeometric: {
    hits: number;
    population: number;
    marked: number;
    draws: number;
    side: 'above' | 'below';
    log: number;
  }[];
  fisher: { a: number; n: number; b: number; m: number; log: number }[];
  homogeneity: (Sides & { comparisons: number; pValue: number })[];
  atCuts: (Sides & { pValue: number })[];
  unseen: { n: number; m: number; unseen: number[]; known: number[]; value: number }[];
  holm: { p: number[]; adjusted: number[] }[];
  ks: { why: string; baseline: number[]; current: number[]; distance: number; asymptotic: number }[];
  kolmogorov: { n: number; distance: number; value: number }[];
  adult: { column: number; name: string; distance: number; asymptotic: number }[];
};

/** Relative, and absolute below 1e-300, where doubles end. */
const apart = (ours: number, theirs: number) => Math.abs(ours - theirs) / Math.max(1e-300, Math.abs(theirs));

const one = (counts: readonly number[]) => counts.map((cases) => ({ values: 1, cases }));

describe('the laws agree with scipy', () => {
  it.each(reference.gammaTail)('gamma variable of shape $shape above $x', ({ shape, x, value }) => {
    expect(apart(gammaTail(shape, x), value)).toBeLessThan(1e-9);
  });
  it.each(reference.chiSquareQuantile)('chi-square of $degrees at $probability', ({ probability, degrees, value }) => {
    expect(apart(chiSquareQuantile(probability, degrees), value)).toBeLessThan(1e-9);
  });
  it.each(reference.hypergeometric)('$hits or $side of $draws from $marked in $population', (one) => {
    expect(Math.abs(logHypergeometricTail(one.hits, one, one.side) - one.log)).toBeLessThan(1e-9);
  });
  it.each(reference.kolmogorov)('Kolmogorov at $distance, n $n', ({ n, distance, value }) => {
    expect(Math.abs(kolmogorovTail(distance, n) - value)).toBeLessThan(1e-9);
    if (value < 1e-3) expect(apart(kolmogorovTail(distance, n), value)).toBeLessThan(1e-9);
  });
});

describe('statistics of bins agree with scipy and numpy', () => {
  it.each(reference.chiSquare)('chi-square of $a and $b', ({ a, b, statistic, degrees, pValue }) => {
    const test = chiSquareTest(a, b)!;
    expect(Math.abs(test.statistic - statistic)).toBeLessThan(1e-9 * Math.max(1, statistic));
    expect(test.degrees).toBe(degrees);
    expect(apart(test.pValue, pValue)).toBeLessThan(1e-9);
  });
  it.each(reference.psi)('stability index of $a and $b', ({ a, b, value }) => {
    expect(Math.abs(populationStability(a, b)! - value)).toBeLessThan(1e-9);
  });
  it.each(reference.psiQuantile)('its quantile for $n and $m in $bins bins', ({ n, m, bins, probability, value }) => {
    expect(apart(populationStabilityQuantile(n, m, bins, probability), value)).toBeLessThan(1e-9);
  });
  it.each(reference.jensenShannon)('Jensen-Shannon distance of $a and $b', ({ a, b, distance }) => {
    expect(Math.abs(jensenShannonDistance(a, b)! - distance)).toBeLessThan(1e-9);
  });
});

describe('exact tests agree with tails written out', () => {
  it.each(reference.fisher)('Fisher: $a of $n against $b of $m', ({ a, n, b, m, log }) => {
    expect(Math.abs(logFisherExact({ hits: a, n }, { hits: b, n: m }) - log)).toBeLessThan(1e-9);
  });
  it.each(reference.homogeneity)('homogeneity of $a and $b', ({ a, b, comparisons, pValue }) => {
    const test = exactHomogeneity(a, b);
    expect(test.comparisons).toBe(comparisons);
    expect(apart(test.pValue, pValue)).toBeLessThan(1e-9);
  });
  it.each(reference.atCuts)('gaps at the cuts of $a and $b', ({ a, b, pValue }) => {
    expect(apart(exactAtCuts(a, b), pValue)).toBeLessThan(1e-9);
  });
  it.each(reference.unseen)('new values $unseen among $n beside $m', ({ value, ...counts }) => {
    const [unseen, known] = [one(counts.unseen), one(counts.known)];
    expect(apart(unseenValuesBound({ ...counts, unseen, known }), value)).toBeLessThan(1e-9);
  });
  it.each(reference.holm)('Holm on $p', ({ p, adjusted }) => {
    adjusted.forEach((alpha, i) => {
      // the adjusted p-value is the smallest family-wise alpha at which a test is significant
      if (alpha < 1) expect(p[i]!).toBeLessThanOrEqual(holmLimits(p, alpha * (1 + 1e-12))[i]!);
      expect(p[i]!).toBeGreaterThan(holmLimits(p, alpha * (1 - 1e-12))[i]!);
    });
  });
});

describe('Kolmogorov-Smirnov of two samples agrees with scipy', () => {
  it.each(reference.ks)('$why', ({ baseline, current, distance, asymptotic }) => {
    const [n, m] = [baseline.length, current.length];
    const seen = ksTwoSample(baseline, current);
    expect(Math.abs(seen - distance)).toBeLessThan(1e-12);
    expect(Math.abs(ksAsymptoticTail(seen, n, m) - asymptotic)).toBeLessThan(1e-9);
  });
});

const [training, test] = [sharedFile('adult', 'adult.data.csv'), sharedFile('adult', 'adult.test.csv')];

describe.skipIf(training === null || test === null)('Adult census, when the shared data sets are there', () => {
  it.each(reference.adult)('distance and p-value of $name', ({ column, distance, asymptotic }) => {
    const [x, y] = [numbers(training!, column), numbers(test!, column)];
    const seen = ksTwoSample(x, y);
    expect(Math.abs(seen - distance)).toBeLessThan(1e-9);
    expect(Math.abs(ksAsymptoticTail(seen, x.length, y.length) - asymptotic)).toBeLessThan(1e-9);
  });
});

function numbers(file: string, column: number): readonly number[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => Number(line.split(',')[column] ?? Number.NaN)).filter((value) => !Number.isNaN(value));
}
