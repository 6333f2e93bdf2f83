import type { BinnedMatrix } from './binned-matrix.ts';

/** Histograms kept at once may take this much memory; past it, a node's histogram is counted again when needed. */
const POOL_BYTES = 256 * 2 ** 20;

/** Sums of first- and second-order gradients per histogram slot, the two side by side. */
export type Histogram = Float64Array;

/**
 * Adds the gradients of some rows to their bins' slots.
 *
 * @param gradients first- and second-order gradient of each row, side by side
 * @param rows row numbers; those from `begin` to before `end` count
 */
export function fillHistogram(
  histogram: Histogram,
  binned: BinnedMatrix,
  gradients: Float32Array,
  rows: Int32Array,
  begin: number,
  end: number,
): void {
  const { bins, slots, columnCount } = binned;
  histogram.fill(0);
  for (let i = begin; i < end; i++) {
    const row = rows[i]!;
    const first = gradients[2 * row]!;
    const second = gradients[2 * row + 1]!;
    const start = row * columnCount;
    for (let column = 0; column < columnCount; column++) {
      const at = (slots[column]! + bins[start + column]!) << 1;
      histogram[at]! += first;
      histogram[at + 1]! += second;
    }
  }
}

/** What is left of the parent once one child is taken away; written over the parent. */
export function subtractHistogram(parent: Histogram, child: Histogram): Histogram {
  for (let i = 0; i < parent.length; i++) parent[i]! -= child[i]!;
  return parent;
}

/** Hands out histograms of one size and takes them back, so that growing trees allocates nothing after the first. */
export class HistogramPool {
  readonly #length: number;
  readonly #free: Histogram[] = [];
  readonly #mostLent: number;
  #lent = 0;

  constructor(binned: BinnedMatrix) {
    this.#length = 2 * binned.slots[binned.columnCount]!;
    this.#mostLent = Math.max(2, Math.floor(POOL_BYTES / (8 * Math.max(1, this.#length))));
  }

  get isFull(): boolean {
    return this.#lent >= this.#mostLent;
  }

  take(): Histogram {
    this.#lent++;
    return this.#free.pop() ?? new Float64Array(this.#length);
  }

  giveBack(histogram: Histogram): void {
    this.#lent--;
    this.#free.push(histogram);
  }
}
