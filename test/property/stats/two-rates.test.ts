import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ANY_RATE,
  leastEvidence,
  logEvidence,
  meanHigh,
  meanLow,
  ratesAbout,
  type Trials,
} from '../../../core/stats/beta-binomial.ts';
import { atCuts, distanceInterval, isFartherThan, isNearerThan } from '../../../core/stats/distribution-distance.ts';
import { meanDifferenceInterval } from '../../../core/stats/normal-mixture.ts';
import {
  differenceEvidence,
  differenceHigh,
  differenceLow,
  seenDifference,
  type TwoArms,
} from '../../../core/stats/two-rates.ts';

const SEED = { seed: 20260101, numRuns: 300 };
const trials = (least = 1) =>
  fc
    .tuple(
      fc.oneof(fc.integer({ min: least, max: 50 }), fc.integer({ min: least, max: 1_000_000_000 })),
      fc.double({ min: 0, max: 1, noNaN: true }),
    )
    .map(([n, share]): Trials => ({ n, sum: Math.min(n, Math.round(n * share)) }));
const arms = fc.constantFrom('independent' as const, 'paired' as const);
const prior = fc.constantFrom(ANY_RATE, ratesAbout(0.01), ratesAbout(0.3));
const two = fc.record<TwoArms>({ baseline: trials(), candidate: trials(), prior, arms });
const alpha = fc.double({ min: 1e-6, max: 0.2, noNaN: true });

test('evidence is finite inside, never NaN, and least at what was seen', () => {
  fc.assert(
    fc.property(trials(0), prior, fc.double({ min: 0, max: 1, noNaN: true }), (seen, from, p) => {
      const evidence = logEvidence(seen, p, from);
      expect(Number.isNaN(evidence)).toBe(false);
      expect(evidence).toBeGreaterThanOrEqual(leastEvidence(seen, from) - 1e-6);
      if (p > 0 && p < 1) expect(evidence).toBeLessThan(Number.POSITIVE_INFINITY);
    }),
    SEED,
  );
});

test('the interval of a mean holds what was seen, and grows with confidence', () => {
  fc.assert(
    fc.property(trials(), prior, alpha, (seen, from, a) => {
      const mean = seen.sum / seen.n;
      const [low, high] = [meanLow(seen, a, from), meanHigh(seen, a, from)];
      expect(low).toBeLessThanOrEqual(mean);
      expect(high).toBeGreaterThanOrEqual(mean);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(high).toBeLessThanOrEqual(1);
      expect(meanLow(seen, a / 2, from)).toBeLessThanOrEqual(low);
      expect(meanHigh(seen, a / 2, from)).toBeGreaterThanOrEqual(high);
    }),
    SEED,
  );
});

test('the interval of a difference holds what was seen, lies in range, and is the mirror of the arms exchanged', () => {
  fc.assert(
    fc.property(two, alpha, (both, a) => {
      const seen = seenDifference(both)!;
      const [low, high] = [differenceLow(both, a), differenceHigh(both, a)];
      expect(low).toBeLessThanOrEqual(seen);
      expect(high).toBeGreaterThanOrEqual(seen);
      expect(low).toBeGreaterThanOrEqual(-1);
      expect(high).toBeLessThanOrEqual(1);
      const exchanged = { ...both, baseline: both.candidate, candidate: both.baseline };
      expect(differenceLow(exchanged, a)).toBeCloseTo(-high, 5);
      expect(differenceHigh(exchanged, a)).toBeCloseTo(-low, 5);
    }),
    SEED,
  );
});

test('evidence is at most what it is against the best of many rates of the baseline', () => {
  fc.assert(
    fc.property(two, fc.double({ min: -0.9, max: 0.9, noNaN: true }), (both, difference) => {
      const evidence = differenceEvidence(both, difference);
      const [low, high] = [Math.max(0, -difference), Math.min(1, 1 - difference)];
      for (let i = 1; i < 40; i++) {
        const p = low + ((high - low) * i) / 40;
        const inC = logEvidence(both.candidate, p + difference, both.prior);
        const inR = logEvidence(both.baseline, p, both.prior);
        const joined = both.arms === 'independent' ? inC + inR : Math.max(inC, inR) - Math.LN2;
        const slack = both.arms === 'independent' ? 0 : Math.LN2;
        expect(evidence).toBeLessThanOrEqual(joined + slack + 1e-6 * Math.max(1, Math.abs(joined)));
      }
    }),
    SEED,
  );
});

test('one more failure of the candidate never lowers either end of the interval', () => {
  const small = trials().filter(({ n, sum }) => n <= 50 && sum < n);
  fc.assert(
    fc.property(small, small, (baseline, candidate) => {
      const at = (sum: number): TwoArms => ({
        baseline,
        candidate: { ...candidate, sum },
        prior: ANY_RATE,
        arms: 'independent',
      });
      expect(differenceLow(at(candidate.sum + 1), 0.01)).toBeGreaterThanOrEqual(
        differenceLow(at(candidate.sum), 0.01) - 1e-6,
      );
      expect(differenceHigh(at(candidate.sum + 1), 0.01)).toBeGreaterThanOrEqual(
        differenceHigh(at(candidate.sum), 0.01) - 1e-6,
      );
    }),
    SEED,
  );
});

test('ten times the observations at the same rates never widen the interval', () => {
  const some = trials(30).filter(({ n }) => n <= 1e6);
  fc.assert(
    fc.property(some, some, prior, (baseline, candidate, from) => {
      const width = (times: number) => {
        const grown = ({ n, sum }: Trials) => ({ n: n * times, sum: sum * times });
        const both: TwoArms = {
          baseline: grown(baseline),
          candidate: grown(candidate),
          prior: from,
          arms: 'independent',
        };
        return differenceHigh(both, 0.01) - differenceLow(both, 0.01);
      };
      expect(width(10)).toBeLessThanOrEqual(width(1) + 1e-6);
    }),
    SEED,
  );
});

test('the distance of distributions is symmetric, holds what was seen, and its interval agrees with the tests', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(counts, counts, fc.double({ min: 0.01, max: 0.9, noNaN: true }), (x, y, limit) => {
      const cuts = atCuts(x, y, 'independent');
      const interval = distanceInterval(cuts, { low: 0.01, high: 0.05 });
      const mirrored = distanceInterval(atCuts(y, x, 'independent'), { low: 0.01, high: 0.05 });
      expect(mirrored?.low ?? 0).toBeCloseTo(interval?.low ?? 0, 6);
      expect(mirrored?.high ?? 0).toBeCloseTo(interval?.high ?? 0, 6);
      if (interval === null || Math.min(Math.abs(limit - interval.low), Math.abs(limit - interval.high)) < 1e-6) return;
      expect(isFartherThan(cuts, limit, 0.01)).toBe(interval.low > limit);
      expect(isNearerThan(cuts, limit, 0.05)).toBe(interval.high < limit);
    }),
    SEED,
  );
});

test('the interval of a difference of means is blind to shift and scale of both arms', () => {
  const numbers = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 3, maxLength: 40 });
  const moments = (values: readonly number[]) => ({
    n: values.length,
    sum: values.reduce((sum, x) => sum + x, 0),
    sumSquares: values.reduce((sum, x) => sum + x * x, 0),
  });
  const alphas = { low: 0.01, high: 0.05 };
  fc.assert(
    fc.property(numbers, numbers, (x, y) => {
      const plain = meanDifferenceInterval(moments(x), moments(y), alphas, 1)!;
      const moved = (values: readonly number[]) => moments(values.map((value) => 4 * value + 7));
      const other = meanDifferenceInterval(moved(x), moved(y), alphas, 4)!;
      expect(other.low).toBeCloseTo(4 * plain.low, 6);
      expect(other.high).toBeCloseTo(4 * plain.high, 6);
    }),
    SEED,
  );
});
