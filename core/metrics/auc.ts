import { InvalidInputError } from '../errors.ts';
import { assertPaired, type Influenced } from './scored.ts';

/**
 * Area under the ROC curve: the chance that a random positive scores higher than a random negative, ties counting half.
 *
 * Unit: none, 0 to 1. Null when one of the classes has no row.
 * Cost: O(n log n) time.
 * Source: Hanley & McNeil (1982), Radiology 143, 29-36 (equality with the Mann-Whitney statistic).
 * Checked by: test/reference/metrics.json (scikit-learn).
 *
 * @param labels 1 for positive, 0 for negative
 * @param scores finite; as many as labels
 * @example
 * auc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]); // => 0.75
 */
export function auc(labels: readonly number[], scores: readonly number[]): number | null {
  const { positives, negatives } = split(labels, scores);
  if (positives.length === 0 || negatives.length === 0) return null;
  return mean(placements(positives, negatives));
}

/** Two areas on the same rows and how sure their difference is. */
export interface PairedAuc {
  readonly a: number;
  readonly b: number;
  /** Standard error of a - b; 0 when both rank every row alike. */
  readonly standardError: number;
}

/**
 * Areas of two scores of the same rows, with the standard error of their difference.
 *
 * Null when a class has fewer than two rows: the variance is not defined then.
 * Source: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44, 837-845.
 * Checked by: test/reference/metrics.json (the definition written out over all pairs in numpy).
 */
export function pairedAuc(labels: readonly number[], a: readonly number[], b: readonly number[]): PairedAuc | null {
  const inA = split(labels, a);
  const inB = split(labels, b);
  const m = inA.positives.length;
  const n = inA.negatives.length;
  if (m < 2 || n < 2) return null;
  const positivesInA = placements(inA.positives, inA.negatives);
  const positivesInB = placements(inB.positives, inB.negatives);
  const positiveGap = differences(positivesInA, positivesInB);
  const negativeGap = differences(placements(inA.negatives, inA.positives), placements(inB.negatives, inB.positives));
  return {
    a: mean(positivesInA),
    b: mean(positivesInB),
    standardError: Math.sqrt(sampleVariance(positiveGap) / m + sampleVariance(negativeGap) / n),
  };
}

/**
 * The area and what each row adds to its error: the placements of DeLong's variance, which is theirs but for n in the
 * place of n - 1.
 */
export function influencedAuc(labels: readonly number[], scores: readonly number[]): Influenced | null {
  const { positives, negatives } = split(labels, scores);
  if (positives.length === 0 || negatives.length === 0) return null;
  const [above, below] = [placements(positives, negatives), placements(negatives, positives)];
  const value = mean(above);
  let [positive, negative] = [0, 0];
  const influence = Float64Array.from(labels, (label) =>
    label === 1
      ? (labels.length / positives.length) * (above[positive++]! - value)
      : (labels.length / negatives.length) * (1 - below[negative++]! - value),
  );
  return { value, influence };
}

/** Per member of `own`, the share of `other` that lies below it, ties counting half. */
function placements(own: readonly number[], other: readonly number[]): number[] {
  const sorted = Float64Array.from(other).sort();
  return own.map((value) => (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / 2 / sorted.length);
}

/** How many sorted values are below `value`, or at most `value` when `inclusive`. */
function countBelow(sorted: Float64Array, value: number, inclusive: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = sorted[middle]!;
    if (at < value || (inclusive && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function split(labels: readonly number[], scores: readonly number[]) {
  assertPaired('auc', { labels, scores });
  const positives: number[] = [];
  const negatives: number[] = [];
  for (const [index, score] of scores.entries()) {
    if (!Number.isFinite(score))
      throw new InvalidInputError(`auc: score ${index} is ${score}; allowed are finite numbers`);
    (labels[index] === 1 ? positives : negatives).push(score);
  }
  return { positives, negatives };
}

function differences(x: readonly number[], y: readonly number[]): number[] {
  return x.map((value, index) => value - y[index]!);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sampleVariance(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}
