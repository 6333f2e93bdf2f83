import type { Random } from '../../../../core/clock.ts';
import type { TreeNodes } from '../../../../core/trees/read-tree-nodes.ts';
import type { BinnedMatrix } from './binned-matrix.ts';
import { ColumnSampler, type ColumnShares } from './column-sampler.ts';
import { findSplit, type GradientSum, leafWeight, type Regularization, type Split } from './find-split.ts';
import { fillHistogram, type Histogram, HistogramPool, subtractHistogram } from './histogram.ts';

export interface GrowthParameters extends Regularization {
  readonly eta: number;
  readonly gamma: number;
  /** 0 means no limit. */
  readonly maxDepth: number;
  /** 0 means no limit. */
  readonly maxLeaves: number;
  readonly growPolicy: 'depthwise' | 'lossguide';
  readonly columnShares: ColumnShares;
}

/** A grown tree, its leaves scaled by the learning rate. */
export interface GrownTree extends TreeNodes {
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly defaultLeft: readonly number[];
  readonly cover: readonly number[];
  readonly gain: readonly number[];
}

interface OpenNode {
  readonly id: number;
  readonly depth: number;
  /** Its rows lie in the row list from here … */
  readonly begin: number;
  /** … to before here. */
  readonly end: number;
  readonly split: Split;
  /** Absent when memory for histograms ran out. */
  readonly histogram: Histogram | undefined;
}

/** Grows trees on one binned matrix; the buffers are kept from tree to tree. */
export class TreeGrower {
  readonly #binned: BinnedMatrix;
  readonly #parameters: GrowthParameters;
  readonly #random: Random;
  readonly #pool: HistogramPool;
  readonly #held: Int32Array;

  constructor(binned: BinnedMatrix, parameters: GrowthParameters, random: Random) {
    this.#binned = binned;
    this.#parameters = parameters;
    this.#random = random;
    this.#pool = new HistogramPool(binned);
    this.#held = new Int32Array(binned.rowCount);
  }

  /**
   * One tree for the given gradients.
   *
   * @param rows the rows to learn from, ascending; reordered in place
   */
  grow(gradients: Float32Array, rows: Int32Array): GrownTree {
    return new Growth(this.#binned, this.#parameters, this.#random, this.#pool, this.#held, gradients, rows).tree();
  }
}

class Growth {
  readonly #binned: BinnedMatrix;
  readonly #parameters: GrowthParameters;
  readonly #pool: HistogramPool;
  readonly #held: Int32Array;
  readonly #gradients: Float32Array;
  readonly #rows: Int32Array;
  readonly #columns: ColumnSampler;
  readonly #open: OpenNode[] = [];
  readonly #nodes = {
    left: [] as number[],
    right: [] as number[],
    feature: [] as number[],
    threshold: [] as number[],
    defaultLeft: [] as number[],
    cover: [] as number[],
    gain: [] as number[],
  };

  constructor(
    binned: BinnedMatrix,
    parameters: GrowthParameters,
    random: Random,
    pool: HistogramPool,
    held: Int32Array,
    gradients: Float32Array,
    rows: Int32Array,
  ) {
    this.#binned = binned;
    this.#parameters = parameters;
    this.#pool = pool;
    this.#held = held;
    this.#gradients = gradients;
    this.#rows = rows;
    this.#columns = new ColumnSampler(binned.columnCount, parameters.columnShares, random);
  }

  tree(): GrownTree {
    const root = this.#pool.take();
    this.#count(root, 0, this.#rows.length);
    this.#add(0, 0, this.#rows.length, this.#total(), root);
    let leaves = 1;
    const { maxLeaves } = this.#parameters;
    for (let node = this.#next(); node !== undefined; node = this.#next()) {
      if (maxLeaves === 0 || leaves < maxLeaves) {
        this.#expand(node);
        leaves++;
      } else if (node.histogram !== undefined) {
        this.#pool.giveBack(node.histogram);
      }
    }
    return this.#nodes;
  }

  #next(): OpenNode | undefined {
    if (this.#parameters.growPolicy === 'depthwise') return this.#open.shift();
    let best = 0;
    for (let i = 1; i < this.#open.length; i++) if (this.#open[i]!.split.gain > this.#open[best]!.split.gain) best = i;
    return this.#open.splice(best, 1)[0];
  }

  /** Adds a node as a leaf, and queues it when it may be split. */
  #add(depth: number, begin: number, end: number, sum: GradientSum, histogram: Histogram | undefined): number {
    const nodes = this.#nodes;
    const id = nodes.left.length;
    nodes.left.push(-1);
    nodes.right.push(-1);
    nodes.feature.push(0);
    nodes.threshold.push(
      Math.fround(Math.fround(leafWeight(sum, this.#parameters)) * Math.fround(this.#parameters.eta)),
    );
    nodes.defaultLeft.push(0);
    nodes.cover.push(sum.second);
    nodes.gain.push(0);
    if (histogram === undefined) return id;
    const split = findSplit(histogram, this.#binned, this.#columns.forNode(depth), sum, this.#parameters);
    if (split === undefined || split.gain < this.#parameters.gamma) {
      this.#pool.giveBack(histogram);
    } else if (this.#pool.isFull) {
      this.#pool.giveBack(histogram);
      this.#open.push({ id, depth, begin, end, split, histogram: undefined });
    } else {
      this.#open.push({ id, depth, begin, end, split, histogram });
    }
    return id;
  }

  #expand({ id, depth, begin, end, split, histogram }: OpenNode): void {
    const middle = this.#partition(begin, end, split);
    const isLastLevel = this.#parameters.maxDepth > 0 && depth + 1 >= this.#parameters.maxDepth;
    let left: Histogram | undefined;
    let right: Histogram | undefined;
    if (isLastLevel) {
      if (histogram !== undefined) this.#pool.giveBack(histogram);
    } else {
      const leftIsSmaller = middle - begin <= end - middle;
      const smaller = this.#pool.take();
      const larger = histogram ?? this.#pool.take();
      this.#count(smaller, leftIsSmaller ? begin : middle, leftIsSmaller ? middle : end);
      if (histogram === undefined) this.#count(larger, leftIsSmaller ? middle : begin, leftIsSmaller ? end : middle);
      else subtractHistogram(larger, smaller);
      left = leftIsSmaller ? smaller : larger;
      right = leftIsSmaller ? larger : smaller;
    }
    const nodes = this.#nodes;
    nodes.feature[id] = split.column;
    nodes.threshold[id] = split.threshold;
    nodes.defaultLeft[id] = split.defaultLeft ? 1 : 0;
    nodes.gain[id] = split.gain;
    nodes.left[id] = this.#add(depth + 1, begin, middle, split.left, left);
    nodes.right[id] = this.#add(depth + 1, middle, end, split.right, right);
  }

  /** Moves the rows that go left to the front, keeping both sides ascending; gives where the right side begins. */
  #partition(begin: number, end: number, { column, lastLeftBin, defaultLeft }: Split): number {
    const { bins, columnCount, cuts } = this.#binned;
    const rows = this.#rows;
    const held = this.#held;
    const missingBin = cuts[column]!.length;
    let left = begin;
    let right = 0;
    for (let i = begin; i < end; i++) {
      const row = rows[i]!;
      const bin = bins[row * columnCount + column]!;
      if (bin === missingBin ? defaultLeft : bin <= lastLeftBin) rows[left++] = row;
      else held[right++] = row;
    }
    rows.set(held.subarray(0, right), left);
    return left;
  }

  #count(histogram: Histogram, begin: number, end: number): void {
    fillHistogram(histogram, this.#binned, this.#gradients, this.#rows, begin, end);
  }

  #total(): GradientSum {
    let first = 0;
    let second = 0;
    for (const row of this.#rows) {
      first += this.#gradients[2 * row]!;
      second += this.#gradients[2 * row + 1]!;
    }
    return { first, second };
  }
}
