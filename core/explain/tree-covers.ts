import type { TreeEnsemble } from '../trees/tree-ensemble.ts';

/** What a row is expected to do in each tree while nothing is known about it. */
export interface TreeCovers {
  /** Share of the training rows of the parent that went to the node; 1 for a root. */
  readonly share: Float64Array;
  /** Expected score below the node. */
  readonly mean: Float64Array;
  /** Splits on the longest way from a root to a leaf. */
  readonly maxDepth: number;
  /** Sum over the leaves of the square of their depth, at least 1 each. */
  readonly stepsPerRow: number;
}

/** @param trees how many of the trees, from the first on */
export function treeCovers(ensemble: TreeEnsemble, trees: number): TreeCovers {
  const { roots, left, right, cover, threshold } = ensemble;
  const share = new Float64Array(left.length);
  const mean = new Float64Array(left.length);
  let maxDepth = 0;
  let stepsPerRow = 0;
  const visit = (node: number, depth: number): number => {
    const [a, b] = [left[node]!, right[node]!];
    if (a < 0) {
      maxDepth = Math.max(maxDepth, depth);
      stepsPerRow += Math.max(1, depth * depth);
      mean[node] = threshold[node]!;
      return mean[node]!;
    }
    const total = cover[a]! + cover[b]!;
    // nobody came by, so nothing says which way they went
    share[a] = total > 0 ? cover[a]! / total : 0.5;
    share[b] = 1 - share[a]!;
    mean[node] = share[a]! * visit(a, depth + 1) + share[b]! * visit(b, depth + 1);
    return mean[node]!;
  };
  for (let tree = 0; tree < trees; tree++) {
    share[roots[tree]!] = 1;
    visit(roots[tree]!, 0);
  }
  return { share, mean, maxDepth, stepsPerRow };
}
