import type { Interval } from '../stats/interval.ts';
import { seededRandom, standardNormal } from '../stats/seeded-random.ts';
import { assertPaired, type Scored } from './scored.ts';

/** Of equal width between 0 and 1; a probability on an edge belongs to the bin below, as in scikit-learn. */
export const CALIBRATION_BINS = 10;

const DRAWS = 4_000;
const SEED = 20_240_229;

/** Which bin each row falls into, and how far its label lies above its probability. */
interface BinnedRows {
  readonly bins: Uint8Array;
  readonly gaps: Float64Array;
}

/**
 * Expected calibration error: over ten bins of equal width, the distance between the share of positive rows and the mean
 * probability, weighted by the rows in the bin. Unit: none, 0 to 1. Null without rows, or when a score is no probability.
 *
 * It is not 0 on a sample of a calibrated model: about 0.4 times the square root of bins over rows.
 * Source: Naeini, Cooper & Hauskrecht (2015), AAAI 29, 2901-2907.
 * Checked by: test/reference/gate-metrics.json (scikit-learn's calibration_curve).
 */
export function calibrationError(scored: Scored): number | null {
  const binned = binnedRows(scored);
  return binned === null ? null : sumOfDistances(binGaps(binned));
}

/** A difference of calibration errors; of one, less nothing. */
export interface CalibrationDifference {
  readonly value: number;
  readonly standardError: number;
  interval(confidence: number): Interval;
}

/**
 * Calibration error of some scores less that of others on the same rows.
 *
 * Absolute values have no slope at 0, where the gaps of a calibrated model lie, so that neither a standard error nor the
 * bootstrap is valid. A gap m that is seen as m + Z errs by at least Z in its direction and by at most |Z|; the ends of
 * the interval are drawn from the normal limit of all gaps with whichever of the two is worse for that end, except that a
 * gap that is surely away from 0 (by √ln n standard errors) errs in its direction alone. Conservative near 0.
 * Source: Fang & Santos (2019), Rev. Econ. Stud. 86, 377-412, for the limit and the choice of what is sure.
 * Coverage: test/reference/interval-coverage.test.ts.
 */
export function calibrationDifference(own: Scored, other: Scored | null): CalibrationDifference | null {
  const sides = [own, ...(other === null ? [] : [other])].map(binnedRows);
  if (sides.some((side) => side === null)) return null;
  const binned = sides as BinnedRows[]; // no side is null
  const n = own.scores.length;
  const gaps = binned.map(binGaps);
  const value = sumOfDistances(gaps[0]!) - (gaps[1] === undefined ? 0 : sumOfDistances(gaps[1]));
  const { most, least } = drawErrors(binned, gaps.flat(), n);
  return {
    value,
    standardError: Math.sqrt(most.reduce((sum, error) => sum + error ** 2, 0) / DRAWS),
    interval: (confidence) => {
      const place = (share: number) => Math.min(DRAWS - 1, Math.floor(share * DRAWS));
      return { low: value - most[place((1 + confidence) / 2)]!, high: value - least[place((1 - confidence) / 2)]! };
    },
  };
}

function binnedRows(scored: Scored): BinnedRows | null {
  assertPaired('calibration_error', scored);
  const { labels, scores } = scored;
  if (scores.length === 0 || scores.some((score) => !(score >= 0 && score <= 1))) return null;
  const edges = Array.from({ length: CALIBRATION_BINS - 1 }, (_, i) => (i + 1) * (1 / CALIBRATION_BINS));
  return {
    bins: Uint8Array.from(scores, (score) => edges.filter((edge) => edge < score).length),
    gaps: Float64Array.from(scores, (score, row) => (labels[row] === 1 ? 1 : 0) - score),
  };
}

/** Mean over all rows of the gaps of a bin's rows, by bin. */
function binGaps({ bins, gaps }: BinnedRows): number[] {
  const sums = new Array<number>(CALIBRATION_BINS).fill(0);
  gaps.forEach((gap, row) => {
    sums[bins[row]!]! += gap;
  });
  return sums.map((sum) => sum / gaps.length);
}

function sumOfDistances(gaps: readonly number[]): number {
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0);
}

/** The most and the least that the difference may err by, in draws of its limit distribution; each ascending. */
function drawErrors(sides: readonly BinnedRows[], means: readonly number[], n: number) {
  const covariance = covarianceOf(sides, means, n);
  const root = choleskyOf(covariance);
  const random = seededRandom(SEED);
  const reach = Math.sqrt(Math.log(Math.max(n, 2)));
  const isSure = means.map((mean, k) => Math.abs(mean) > reach * Math.sqrt(covariance[k]![k]! / n));
  const [most, least] = [new Float64Array(DRAWS), new Float64Array(DRAWS)];
  for (let draw = 0; draw < DRAWS; draw++) {
    const normals = means.map(() => standardNormal(random));
    means.forEach((mean, k) => {
      const moved = root[k]!.reduce((sum, weight, j) => sum + weight * normals[j]!, 0) / Math.sqrt(n);
      const directed = mean < 0 ? -moved : moved;
      const longest = isSure[k] ? directed : Math.abs(moved);
      const isOwn = k < CALIBRATION_BINS;
      most[draw]! += isOwn ? longest : -directed;
      least[draw]! += isOwn ? directed : -longest;
    });
  }
  return { most: most.sort(), least: least.sort() };
}

/** Of one row's gaps, over the bins of all sides one after the other. */
function covarianceOf(sides: readonly BinnedRows[], means: readonly number[], n: number): number[][] {
  const size = means.length;
  const products = means.map(() => new Array<number>(size).fill(0));
  for (let row = 0; row < n; row++) {
    sides.forEach((a, i) => {
      const k = i * CALIBRATION_BINS + a.bins[row]!;
      sides.forEach((b, j) => {
        products[k]![j * CALIBRATION_BINS + b.bins[row]!]! += a.gaps[row]! * b.gaps[row]!;
      });
    });
  }
  return products.map((line, k) => line.map((sum, j) => sum / n - means[k]! * means[j]!));
}

/** Lower triangular root of a positive semidefinite matrix; directions without variance get none. */
function choleskyOf(matrix: readonly (readonly number[])[]): number[][] {
  const root = matrix.map(() => new Array<number>(matrix.length).fill(0));
  matrix.forEach((line, i) => {
    for (let j = 0; j <= i; j++) {
      const known = root[i]!.reduce((sum, weight, k) => (k < j ? sum + weight * root[j]![k]! : sum), 0);
      const left = line[j]! - known;
      if (i === j) root[i]![i] = left > 1e-12 ? Math.sqrt(left) : 0;
      else root[i]![j] = root[j]![j] === 0 ? 0 : left / root[j]![j]!;
    }
  });
  return root;
}
