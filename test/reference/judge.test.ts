import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ANY_RATE,
  EVEN_RATES,
  logEvidence,
  meanHigh,
  meanLow,
  type RatePrior,
  ratesAbout,
} from '../../core/stats/beta-binomial.ts';
import { logBeta, logGamma } from '../../core/stats/log-gamma.ts';
import { meanDifferenceInterval, meanInterval } from '../../core/stats/normal-mixture.ts';
import { sampleRatioEvidence } from '../../core/stats/sample-ratio.ts';
import { differenceEvidence, differenceHigh, differenceLow } from '../../core/stats/two-rates.ts';

type Counts = readonly [n: number, sum: number];
type Moments = readonly [n: number, sum: number, sumSquares: number];
type PriorName = keyof typeof PRIORS;

const PRIORS: Readonly<Record<'any' | 'even' | 'about 0.01', RatePrior>> = {
  any: ANY_RATE,
  even: EVEN_RATES,
  'about 0.01': ratesAbout(0.01),
};
const reference = JSON.parse(readFileSync(new URL('./judge.json', import.meta.url), 'utf8')) as {
  logGamma: { x: number; value: number }[];
  logBeta: { a: number; b: number; value: number }[];
  evidence: { n: number; sum: number; p: number; prior: PriorName; value: number }[];
  mean: { n: number; sum: number; alpha: number; prior: PriorName; low: number; high: number }[];
  difference: {
    baseline: Counts;
    candidate: Counts;
    difference: number;
    prior: PriorName;
    arms: 'independent' | 'paired';
    value: number;
  }[];
  differenceEdges: {
    baseline: Counts;
    candidate: Counts;
    alpha: number;
    prior: PriorName;
    low: number;
    high: number;
  }[];
  normal: {
    scale: number;
    baseline: Moments;
    candidate: Moments;
    alphaLow: number;
    alphaHigh: number;
    mean: [number, number];
    difference: [number, number];
  }[];
  sampleRatio: { n: number; sum: number; share: number; value: number }[];
};

describe('the gamma and beta functions agree with scipy to twelve digits', () => {
  it.each(reference.logGamma)('log gamma of $x', ({ x, value }) => {
    expect(apart(logGamma(x), value)).toBeLessThan(1e-12);
  });
  it.each(reference.logBeta)('log beta of $a and $b', ({ a, b, value }) => {
    expect(apart(logBeta(a, b), value)).toBeLessThan(1e-12);
  });
});

describe('the beta-binomial martingale agrees with scipy', () => {
  it.each(reference.evidence)('$sum of $n against $p, prior $prior', ({ n, sum, p, prior, value }) => {
    // What cancels grows with n, in scipy's sum of three logarithms too.
    expect(Math.abs(logEvidence({ n, sum }, p, PRIORS[prior]) - value)).toBeLessThan(1e-10 + 1e-14 * n);
  });
  it.each(reference.mean)(
    'the mean at $sum of $n, alpha $alpha, prior $prior',
    ({ n, sum, alpha, prior, low, high }) => {
      expect(meanLow({ n, sum }, alpha, PRIORS[prior])).toBeCloseTo(low, 9);
      expect(meanHigh({ n, sum }, alpha, PRIORS[prior])).toBeCloseTo(high, 9);
    },
  );
});

describe('evidence on two arms agrees with a minimizer over the nuisance', () => {
  it.each(reference.difference)(
    '$candidate against $baseline, $arms, at $difference, prior $prior',
    ({ baseline, candidate, difference, prior, arms, value }) => {
      const two = { baseline: counts(baseline), candidate: counts(candidate), prior: PRIORS[prior], arms };
      expect(apart(differenceEvidence(two, difference), value)).toBeLessThan(1e-7);
    },
  );
  it.each(reference.differenceEdges)(
    'the interval at $candidate against $baseline, alpha $alpha, prior $prior',
    ({ baseline, candidate, alpha, prior, low, high }) => {
      const arms = { baseline: counts(baseline), candidate: counts(candidate) };
      const two = { ...arms, prior: PRIORS[prior], arms: 'independent' } as const;
      expect(differenceLow(two, alpha)).toBeCloseTo(low, 7);
      expect(differenceHigh(two, alpha)).toBeCloseTo(high, 7);
    },
  );
});

describe('the normal mixture agrees with its formula in numpy', () => {
  it.each(reference.normal)('$candidate against $baseline', (expected) => {
    const alphas = { low: expected.alphaLow, high: expected.alphaHigh };
    const [baseline, candidate] = [moments(expected.baseline), moments(expected.candidate)];
    const mean = meanInterval(candidate, alphas, expected.scale);
    const difference = meanDifferenceInterval(baseline, candidate, alphas, expected.scale);
    expect([mean?.low, mean?.high].map(rounded)).toEqual(expected.mean.map(rounded));
    expect([difference?.low, difference?.high].map(rounded)).toEqual(expected.difference.map(rounded));
  });
});

describe('the sample-ratio martingale agrees with scipy', () => {
  it.each(reference.sampleRatio)('$sum of $n where $share were declared', ({ n, sum, share, value }) => {
    expect(Math.abs(sampleRatioEvidence({ n, sum }, share) - value)).toBeLessThan(1e-8);
  });
});

/** Relative to the larger of the value and 1. */
function apart(ours: number, theirs: number): number {
  return Math.abs(ours - theirs) / Math.max(1, Math.abs(theirs));
}

function rounded(value: number | undefined): string | undefined {
  return value?.toPrecision(10);
}

function counts([n, sum]: Counts) {
  return { n, sum };
}

function moments([n, sum, sumSquares]: Moments) {
  return { n, sum, sumSquares };
}
