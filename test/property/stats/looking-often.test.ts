import { describe, expect, it } from 'vitest';
import { meanHigh, meanLow, ratesAbout } from '../../../core/stats/beta-binomial.ts';
import { atCuts, isFartherThan } from '../../../core/stats/distribution-distance.ts';
import { meanDifferenceInterval } from '../../../core/stats/normal-mixture.ts';
import { quantileRatio } from '../../../core/stats/quantile-ratio.ts';
import { sampleRatioEvidence } from '../../../core/stats/sample-ratio.ts';
import { differenceEvidence } from '../../../core/stats/two-rates.ts';
import { histogramOf, lognormals, normals, uniforms } from '../../unit/stats/histogram-samples.ts';

/** Runs of each simulation, and an error probability large enough to be seen in so many. */
const RUNS = 300;
const ALPHA = 0.1;
const NEVER = -Math.log(ALPHA);
/** Three standard errors above the promise: a run of good tests in a thousand would fail here. */
const MOST = RUNS * ALPHA + 3 * Math.sqrt(RUNS * ALPHA * (1 - ALPHA));

/** In how many runs it was true at one look or more. */
function everTrue(looksOf: (seed: number) => Iterable<boolean>): number {
  let runs = 0;
  for (let seed = 1; seed <= RUNS; seed++) {
    for (const isTrue of looksOf(seed)) {
      if (!isTrue) continue;
      runs++;
      break;
    }
  }
  return runs;
}

describe('looking after every batch of requests is wrong no more often than promised', () => {
  it('about a rate', () => {
    const wrong = everTrue(function* (seed) {
      const uniform = uniforms(seed);
      let sum = 0;
      for (let n = 1; n <= 2000; n++) {
        if (uniform() < 0.02) sum++;
        if (n % 10 !== 0) continue;
        yield meanLow({ n, sum }, ALPHA / 2, ratesAbout(0.01)) > 0.02 ||
          meanHigh({ n, sum }, ALPHA / 2, ratesAbout(0.01)) < 0.02;
      }
    });
    expect(wrong).toBeLessThan(MOST);
  });

  it.each(['independent', 'paired'] as const)('about the difference of two rates at the limit, arms %s', (arms) => {
    const wrong = everTrue(function* (seed) {
      const uniform = uniforms(seed);
      const counts = { baseline: { n: 0, sum: 0 }, candidate: { n: 0, sum: 0 } };
      for (let n = 1; n <= 1500; n++) {
        // Paired: the same luck decides for both, so that they depend on each other as much as they can.
        const luck = uniform();
        counts.baseline = { n, sum: counts.baseline.sum + (luck < 0.02 ? 1 : 0) };
        const own = arms === 'paired' ? luck : uniform();
        counts.candidate = { n, sum: counts.candidate.sum + (own < 0.05 ? 1 : 0) };
        if (n % 10 === 0) yield differenceEvidence({ ...counts, prior: ratesAbout(0.03), arms }, 0.03) >= NEVER;
      }
    });
    expect(wrong).toBeLessThan(MOST);
  });

  it('about a quantile whose ratio is at the limit', () => {
    const wrong = everTrue(function* (seed) {
      const shift = 10;
      const baseline = lognormals(2 * seed, 600, 0, 0.5);
      const candidate = lognormals(2 * seed + 1, 600, shift * Math.log(1.02), 0.5);
      for (let n = 50; n <= 600; n += 50) {
        const two = { baseline: histogramOf(baseline.slice(0, n)), candidate: histogramOf(candidate.slice(0, n)) };
        const ratio = quantileRatio({ ...two, quantile: 0.9, arms: 'independent' });
        yield ratio.againstAtMost(shift) >= NEVER || ratio.againstAbove(shift - 1) >= NEVER;
      }
    });
    expect(wrong).toBeLessThan(2 * MOST); // either side is wrong with alpha
  });

  it('about distributions that are the same', () => {
    const wrong = everTrue(function* (seed) {
      const uniform = uniforms(seed);
      const [x, y] = [new Array<number>(10).fill(0), new Array<number>(10).fill(0)];
      for (let n = 1; n <= 1000; n++) {
        x[Math.floor(10 * uniform())]!++;
        y[Math.floor(10 * uniform())]!++;
        if (n % 20 === 0) yield isFartherThan(atCuts(x, y, 'independent'), 1e-9, ALPHA);
      }
    });
    expect(wrong).toBeLessThan(MOST);
  });

  it('about means, asymptotically', () => {
    const wrong = everTrue(function* (seed) {
      const normal = normals(seed);
      const arm = () => ({ n: 0, sum: 0, sumSquares: 0 });
      const [x, y] = [arm(), arm()];
      for (let n = 1; n <= 2000; n++) {
        for (const [moments, spread] of [
          [x, 1],
          [y, 3],
        ] as const) {
          const value = 5 + spread * normal();
          moments.n++;
          moments.sum += value;
          moments.sumSquares += value * value;
        }
        if (n < 100 || n % 20 !== 0) continue;
        const interval = meanDifferenceInterval(x, y, { low: ALPHA / 2, high: ALPHA / 2 }, 0)!;
        yield interval.low > 0 || interval.high < 0;
      }
    });
    expect(wrong).toBeLessThan(MOST);
  });

  it('about the split of units', () => {
    const wrong = everTrue(function* (seed) {
      const uniform = uniforms(seed);
      let sum = 0;
      for (let n = 1; n <= 3000; n++) {
        if (uniform() < 0.05) sum++;
        if (n % 10 === 0) yield sampleRatioEvidence({ n, sum }, 0.05) >= NEVER;
      }
    });
    expect(wrong).toBeLessThan(MOST);
  });
});
