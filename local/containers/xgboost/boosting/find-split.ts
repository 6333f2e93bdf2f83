import type { BinnedMatrix } from './binned-matrix.ts';
import type { Histogram } from './histogram.ts';

/** Limits on splits and leaf weights, by XGBoost's names. */
export interface Regularization {
  readonly lambda: number;
  readonly alpha: number;
  readonly minChildWeight: number;
  /** 0 means no limit. */
  readonly maxDeltaStep: number;
}

/** Sums of first- and second-order gradients. */
export interface GradientSum {
  readonly first: number;
  readonly second: number;
}

export interface Split {
  readonly column: number;
  /** Present values in a lower or equal bin go left; -1 when every present value goes right. */
  readonly lastLeftBin: number;
  readonly threshold: number;
  readonly defaultLeft: boolean;
  readonly gain: number;
  readonly left: GradientSum;
  readonly right: GradientSum;
}

const LEAST_GAIN = 1e-6;

/** The best value for a leaf, before the learning rate. */
export function leafWeight({ first, second }: GradientSum, limits: Regularization): number {
  if (second <= 0 || second < limits.minChildWeight) return 0;
  const weight = -shrink(first, limits.alpha) / (second + limits.lambda);
  if (limits.maxDeltaStep === 0) return weight;
  return Math.max(-limits.maxDeltaStep, Math.min(limits.maxDeltaStep, weight));
}

/** How much a leaf with its best value lowers the loss. */
function leafGain(first: number, second: number, limits: Regularization): number {
  const shrunk = shrink(first, limits.alpha);
  if (limits.maxDeltaStep === 0) return (shrunk * shrunk) / (second + limits.lambda);
  const weight = leafWeight({ first, second }, limits);
  return -(2 * first * weight + (second + limits.lambda) * weight * weight); // XGBoost leaves alpha out here
}

function shrink(first: number, alpha: number): number {
  if (first > alpha) return first - alpha;
  return first < -alpha ? first + alpha : 0;
}

/**
 * The split of a node that lowers the loss most, or undefined when none lowers it.
 *
 * Missing values are tried on both sides, right first, as XGBoost does; on equal gain the lower column, then the
 * earlier candidate wins, so the answer does not depend on the order of the rows.
 */
export function findSplit(
  histogram: Histogram,
  binned: BinnedMatrix,
  columns: Int32Array,
  total: GradientSum,
  limits: Regularization,
): Split | undefined {
  const search = new SplitSearch(total, limits);
  for (const column of columns) {
    const from = binned.slots[column]! << 1;
    const missing = (binned.slots[column + 1]! - 1) << 1;
    search.missingRight(histogram, column, from, missing);
    if (histogram[missing + 1]! > LEAST_GAIN || histogram[missing] !== 0) {
      search.missingLeft(histogram, column, from, missing);
    }
  }
  const best = search.best;
  if (best === undefined) return undefined;
  const cuts = binned.cuts[best.column]!;
  return { ...best, threshold: best.lastLeftBin < 0 ? binned.floors[best.column]! : cuts[best.lastLeftBin]! };
}

class SplitSearch {
  best: Omit<Split, 'threshold'> | undefined;
  readonly #total: GradientSum;
  readonly #limits: Regularization;
  readonly #unsplit: number;
  #bestGain = LEAST_GAIN;

  constructor(total: GradientSum, limits: Regularization) {
    this.#total = total;
    this.#limits = limits;
    this.#unsplit = Math.fround(leafGain(total.first, total.second, limits));
  }

  missingRight(histogram: Histogram, column: number, from: number, missing: number): void {
    let first = 0;
    let second = 0;
    for (let at = from; at < missing; at += 2) {
      if (histogram[at + 1] === 0) continue; // no row here: the same split as the bin before
      first += histogram[at]!;
      second += histogram[at + 1]!;
      this.#offer(column, (at - from) >> 1, false, first, second);
    }
  }

  missingLeft(histogram: Histogram, column: number, from: number, missing: number): void {
    let first = 0;
    let second = 0;
    for (let at = missing - 2; at >= from; at -= 2) {
      if (histogram[at + 1] === 0) continue;
      first += histogram[at]!;
      second += histogram[at + 1]!;
      this.#offer(column, ((at - from) >> 1) - 1, true, this.#total.first - first, this.#total.second - second);
    }
  }

  #offer(column: number, lastLeftBin: number, defaultLeft: boolean, first: number, second: number): void {
    const limits = this.#limits;
    const otherFirst = this.#total.first - first;
    const otherSecond = this.#total.second - second;
    if (second < limits.minChildWeight || otherSecond < limits.minChildWeight) return;
    if (second <= LEAST_GAIN || otherSecond <= LEAST_GAIN) return; // rounding left of an empty side
    const gain = Math.fround(
      leafGain(first, second, limits) + leafGain(otherFirst, otherSecond, limits) - this.#unsplit,
    );
    if (!(gain > this.#bestGain)) return;
    this.#bestGain = gain;
    this.best = {
      column,
      lastLeftBin,
      defaultLeft,
      gain,
      left: { first, second },
      right: { first: otherFirst, second: otherSecond },
    };
  }
}
