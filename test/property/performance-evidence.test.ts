import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { Random } from '../../core/clock.ts';
import { measure } from '../../core/metrics/metric.ts';
import type { CalibrationBin } from '../../core/performance/calibration-bins.ts';
import { calibrationBins } from '../../core/performance/calibration-bins.ts';
import { estimateMetrics } from '../../core/performance/estimate-metrics.ts';
import { judgeLoss } from '../../core/performance/judge-loss.ts';
import { isExceeded, lossEvidence, type Stretch } from '../../core/performance/loss-evidence.ts';
import { promisedLosses, rowLoss } from '../../core/performance/row-loss.ts';
import { fineBin } from '../../core/performance/score-histogram.ts';
import { seededRandom } from '../../core/stats/seeded-random.ts';
import { SEED } from './sql/histories.ts';

const LIMIT = 0.5;
const losses = fc.array(fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { maxLength: 30 }), { maxLength: 6 });

function stretchesOf(parts: readonly (readonly number[])[]): Stretch[] {
  return parts.map((rows, place) => ({
    place,
    n: rows.length,
    sum: rows.reduce((sum, x) => sum + x, 0),
    sumSquares: rows.reduce((sum, x) => sum + x * x, 0),
  }));
}

test('the bound and the verdict say the same, and a smaller error probability never says more', () => {
  fc.assert(
    fc.property(losses, (parts) => {
      const stretches = stretchesOf(parts);
      const [sure, surer] = [lossEvidence(stretches, LIMIT, 0.05), lossEvidence(stretches, LIMIT, 0.001)];
      expect(sure.isExceeded).toBe(sure.low >= LIMIT);
      expect(sure.isExceeded).toBe(isExceeded(stretches, LIMIT, 0.05));
      expect(surer.low).toBeLessThanOrEqual(sure.low + 1e-12);
      if (sure.low > 0) expect(sure.worst.sum / sure.worst.n).toBeGreaterThan(sure.low);
    }),
    { seed: SEED, numRuns: 60 },
  );
});

/** Worst that a limit of 0.5 allows: rare, dear losses, so that few rows say little. */
const rare = (random: Random) => (random() < 0.01 ? 50 : 0);
/** Log losses of right scores. */
const usual = (random: Random) => {
  const p = 0.02 + 0.96 * random();
  return rowLoss('log_loss', p, random() < p ? 1 : 0);
};

/** Their mean: that of the entropy of a probability that is uniform from 0.02 to 0.98. */
const USUAL_MEAN =
  Array.from({ length: 10_000 }, (_, i) => {
    const p = 0.02 + (0.96 * (i + 0.5)) / 10_000;
    return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
  }).reduce((sum, entropy) => sum + entropy, 0) / 10_000;

/** Share of lives in which a look after each twenty rows ever finds the limit exceeded. */
function alarms(draw: (random: Random) => number, limit: number, alpha: number, lives: number): number {
  let found = 0;
  for (let life = 0; life < lives; life++) {
    const random = seededRandom(SEED + life);
    const stretches: { place: number; n: number; sum: number; sumSquares: number }[] = [];
    for (let look = 0; look < 60; look++) {
      const place = Math.floor(look / 8);
      stretches[place] ??= { place, n: 0, sum: 0, sumSquares: 0 };
      const stretch = stretches[place]!;
      for (let row = 0; row < 20; row++) {
        const x = draw(random);
        stretch.n++;
        stretch.sum += x;
        stretch.sumSquares += x * x;
      }
      if (isExceeded(stretches, limit, alpha)) {
        found++;
        break;
      }
    }
  }
  return found / lives;
}

describe(`losses whose mean is just the limit (seed ${SEED})`, () => {
  it.each([
    ['rare and dear', rare, 0.5],
    ['usual', usual, USUAL_MEAN],
  ])('are called exceeded in fewer lives than promised: %s', (_, draw, limit) => {
    expect(alarms(draw, limit, 0.1, 120)).toBeLessThanOrEqual(0.1);
  });

  it('are called exceeded in nearly every life when they are half as large again', () => {
    expect(alarms((random) => usual(random) * 1.5, USUAL_MEAN, 0.005, 30)).toBeGreaterThan(0.9);
  });
});

describe('the promise counts its own error', () => {
  it('so a release with a lucky evaluation is not called degraded for what it always was', () => {
    let degraded = 0;
    const draw = (random: Random, n: number) => {
      const scores = Array.from({ length: n }, () => 0.05 + 0.9 * random());
      return { scores, labels: scores.map((p) => Number(random() < p)), threshold: 0.5 };
    };
    const policy = { loss: 'log_loss', margin: 0.01, falseAlarms: 0.1, minOutcomes: 30 } as const;
    for (let life = 0; life < 80; life++) {
      const random = seededRandom(life + 1);
      const promised = promisedLosses('binary', draw(random, 150)) ?? {};
      const { scores, labels } = draw(random, 3_000);
      const rows = scores.map((p, i) => rowLoss('log_loss', p, labels[i]!));
      const found = judgeLoss(policy, { losses: promised, metrics: {}, testRows: 150 }, stretchesOf([rows]));
      if (found.outcome === 'degraded') degraded++;
    }
    expect(degraded / 80).toBeLessThanOrEqual(0.1);
  });
});

describe('the band of the estimate', () => {
  it('holds what is seen later nearly as often as it says, when only the inputs have changed', () => {
    let [held, told] = [0, 0];
    for (let life = 0; life < 25; life++) {
      const random = seededRandom(life + 77);
      const test = Array.from({ length: 3_000 }, () => random() ** 2);
      const cuts = [0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8];
      const calibration = calibrationBins(
        cuts,
        test,
        test.map((p) => Number(random() < p)),
      );
      const live = Array.from({ length: 2_000 }, () => random() ** 1.4);
      const labels = live.map((p) => Number(random() < p));
      for (const { metric, low, high } of estimateMetrics(METRICS, countsOf(live), calibration)) {
        const choice = METRICS.find((one) => one.metric === metric)!;
        const seen = measure(choice, { labels, scores: live, threshold: 0.5 })!;
        told++;
        if (seen >= low! && seen <= high!) held++;
      }
    }
    expect(held / told).toBeGreaterThan(0.9);
  });

  it('is nothing without test rows to calibrate by but the scores as they are', () => {
    const none: readonly CalibrationBin[] = [{ n: 0, score: null, label: null }];
    const [accuracy] = estimateMetrics([{ metric: 'accuracy' }], countsOf([0.9, 0.9, 0.2, 0.2]), none);
    expect(accuracy!.value).toBeCloseTo(0.85, 12);
  });
});

const METRICS = [{ metric: 'auc' }, { metric: 'log_loss' }, { metric: 'recall' }, { metric: 'precision' }] as const;

function countsOf(scores: readonly number[]) {
  const bins = new Map<string, { decision: boolean; predictions: number; scores: number }>();
  for (const score of scores) {
    const decision = score >= 0.5;
    const key = `${fineBin(score)} ${decision}`;
    const bin = bins.get(key) ?? { decision, predictions: 0, scores: 0 };
    bins.set(key, bin);
    bin.predictions++;
    bin.scores += score;
  }
  const rest = {
    isMatured: false,
    isProvisional: true,
    isRecent: true,
    bin: 0,
    outcomes: 0,
    units: 0,
    unitOutcomes: 0,
  };
  return [...bins.values()].map((bin) => ({ ...rest, ...bin }));
}
