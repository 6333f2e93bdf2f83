/**
 * The different features on the way to a node, with the weight of each number of them being known: the sums over
 * subsets that Shapley values need, kept up to date as the way gets longer and shorter. Entry 0 stands for no feature.
 *
 * Paths lie behind one another, those of a node after those of its parent, in arrays made once.
 * Source: EXTEND, UNWIND and their sum in Lundberg, Erion, Lee (2018), algorithm 2.
 */
export interface FeaturePath {
  readonly feature: Int32Array;
  /** Share of the training rows that take this way when the feature is left out. */
  readonly zero: Float64Array;
  /** 1 when the row takes this way, 0 otherwise. */
  readonly one: Float64Array;
  /** Copies the path of `depth` entries behind itself and answers where the copy begins. */
  copy(from: number, depth: number): number;
  /** Adds an entry as number `depth`. */
  extend(at: number, depth: number, zero: number, one: number, feature: number): void;
  /** Takes an entry out of a path whose last entry is number `depth`. */
  remove(at: number, depth: number, entry: number): void;
  /** Sum of the weights that would be left without the entry. */
  weightWithout(at: number, depth: number, entry: number): number;
  /** The entry of a feature, or 0. */
  find(at: number, depth: number, feature: number): number;
}

/** @param maxDepth features that a path may have, no more than the splits above a leaf */
export function featurePath(maxDepth: number): FeaturePath {
  const size = ((maxDepth + 2) * (maxDepth + 3)) / 2;
  const feature = new Int32Array(size);
  const zero = new Float64Array(size);
  const one = new Float64Array(size);
  const weight = new Float64Array(size);
  return {
    feature,
    zero,
    one,
    copy(from, depth) {
      const to = from + depth + 1;
      for (let i = 0; i < depth; i++) {
        feature[to + i] = feature[from + i]!;
        zero[to + i] = zero[from + i]!;
        one[to + i] = one[from + i]!;
        weight[to + i] = weight[from + i]!;
      }
      return to;
    },
    extend(at, depth, zeroShare, oneShare, column) {
      feature[at + depth] = column;
      zero[at + depth] = zeroShare;
      one[at + depth] = oneShare;
      weight[at + depth] = depth === 0 ? 1 : 0;
      const length = depth + 1;
      for (let i = depth - 1; i >= 0; i--) {
        const before = weight[at + i]!;
        weight[at + i + 1]! += (oneShare * before * (i + 1)) / length;
        weight[at + i] = (zeroShare * before * (depth - i)) / length;
      }
    },
    remove(at, depth, entry) {
      const zeroShare = zero[at + entry]!;
      const oneShare = one[at + entry]!;
      let next = weight[at + depth]!;
      const length = depth + 1;
      for (let i = depth - 1; i >= 0; i--) {
        const old = weight[at + i]!;
        if (oneShare !== 0) {
          weight[at + i] = (next * length) / ((i + 1) * oneShare);
          next = old - (weight[at + i]! * zeroShare * (depth - i)) / length;
        } else {
          weight[at + i] = (old * length) / (zeroShare * (depth - i));
        }
      }
      for (let i = entry; i < depth; i++) {
        feature[at + i] = feature[at + i + 1]!;
        zero[at + i] = zero[at + i + 1]!;
        one[at + i] = one[at + i + 1]!;
      }
    },
    weightWithout(at, depth, entry) {
      const zeroShare = zero[at + entry]!;
      const oneShare = one[at + entry]!;
      let next = weight[at + depth]!;
      let total = 0;
      for (let i = depth - 1; i >= 0; i--) {
        if (oneShare !== 0) {
          const without = next / ((i + 1) * oneShare);
          total += without;
          next = weight[at + i]! - without * zeroShare * (depth - i);
        } else {
          total += weight[at + i]! / (zeroShare * (depth - i));
        }
      }
      return total * (depth + 1);
    },
    find(at, depth, column) {
      for (let i = 1; i <= depth; i++) if (feature[at + i] === column) return i;
      return 0;
    },
  };
}
