import { InvalidInputError } from '../errors.ts';
import type { PredictOptions, TreeEnsemble } from '../trees/tree-ensemble.ts';
import { type FeaturePath, featurePath } from './feature-path.ts';
import { type TreeCovers, treeCovers } from './tree-covers.ts';

/** Says what each feature of a row contributed to its score. */
export interface TreeExplainer {
  /** Numbers per output: one for each feature, and the bias last. */
  readonly width: number;
  /** Outputs of the model: 1, or the number of classes. */
  readonly outputs: number;
  /** Elementary steps that a row takes, roughly: trees times leaves times depth squared. */
  readonly stepsPerRow: number;
  /**
   * Contributions to the raw score (log-odds for logistic objectives) of each output, one output after another: those
   * of an output sum to its margin. NaN in the row means missing.
   *
   * @param into is filled and answered when given, so that a loop over rows allocates nothing; `width * groupCount` long
   * @throws InvalidInputError when the row has another number of columns than the model
   */
  explain(row: ArrayLike<number>, into?: Float64Array): Float64Array;
}

/**
 * Shapley values of the features for the game in which a feature that is left out is averaged over the training rows
 * that reached each node (path-dependent TreeSHAP), as XGBoost's `pred_contribs` computes them. The bias is the score
 * that is expected before anything is known.
 *
 * Cost per row is that of `stepsPerRow`; two rows of one explainer cannot be explained at the same time.
 * Source: Lundberg, Erion, Lee (2018), Consistent Individualized Feature Attribution for Tree Ensembles, algorithm 2.
 * Checked by: test/reference/contributions.json.
 */
export function treeExplainer(ensemble: TreeEnsemble, options: PredictOptions = {}): TreeExplainer {
  const { roots, treeGroups, featureCount, groupCount, baseMargins } = ensemble;
  const perRound = ensemble.parallelTrees * groupCount;
  const trees = options.rounds === undefined ? roots.length : Math.min(roots.length, options.rounds * perRound);
  const covers = treeCovers(ensemble, trees);
  const path = featurePath(covers.maxDepth);
  const width = featureCount + 1;
  const values = new Float32Array(featureCount);
  return {
    width,
    outputs: groupCount,
    stepsPerRow: covers.stepsPerRow,
    explain(row, into = new Float64Array(width * groupCount)) {
      if (row.length !== featureCount || into.length !== width * groupCount) {
        throw new InvalidInputError(
          `the row has ${row.length} columns and there is room for ${into.length} contributions; ${featureCount} and ${width * groupCount} are expected`,
        );
      }
      values.set(row);
      into.fill(0);
      for (let group = 0; group < groupCount; group++) into[group * width + featureCount] = baseMargins[group]!;
      for (let tree = 0; tree < trees; tree++) {
        const start = treeGroups[tree]! * width;
        into[start + featureCount]! += covers.mean[roots[tree]!]!;
        descend({ ensemble, covers, path, values, into, start }, roots[tree]!, 0, 0, 1, 1, -1);
      }
      return into;
    },
  };
}

interface Walk {
  readonly ensemble: TreeEnsemble;
  readonly covers: TreeCovers;
  readonly path: FeaturePath;
  readonly values: Float32Array;
  readonly into: Float64Array;
  /** Where the contributions of the tree's output begin. */
  readonly start: number;
}

/**
 * @param depth of the path of different features that leads here
 * @param from where the parent's path begins
 * @param zero share of the training rows that come here by the split that led here, when its feature is left out
 * @param one 1 when the row itself comes here by that split, 0 otherwise
 * @param feature of that split; -1 at the root
 */
function descend(
  walk: Walk,
  node: number,
  depth: number,
  from: number,
  zero: number,
  one: number,
  feature: number,
): void {
  // no training row and not this one comes here: nothing below counts
  if (zero === 0 && one === 0) return;
  const { ensemble, covers, path, values, into, start } = walk;
  const at = depth === 0 ? 0 : path.copy(from, depth);
  path.extend(at, depth, zero, one, feature);
  const left = ensemble.left[node]!;
  if (left < 0) {
    const leaf = ensemble.threshold[node]!;
    for (let i = 1; i <= depth; i++) {
      const weight = path.weightWithout(at, depth, i);
      into[start + path.feature[at + i]!]! += weight * (path.one[at + i]! - path.zero[at + i]!) * leaf;
    }
    return;
  }
  const right = ensemble.right[node]!;
  const column = ensemble.feature[node]!;
  const value = values[column]!;
  const goesLeft = Number.isNaN(value) ? ensemble.defaultLeft[node] === 1 : value < ensemble.threshold[node]!;
  const hot = goesLeft ? left : right;
  const cold = goesLeft ? right : left;
  let next = depth;
  let zeroBefore = 1;
  let oneBefore = 1;
  const seen = path.find(at, depth, column);
  if (seen > 0) {
    zeroBefore = path.zero[at + seen]!;
    oneBefore = path.one[at + seen]!;
    path.remove(at, depth, seen);
    next--;
  }
  descend(walk, hot, next + 1, at, covers.share[hot]! * zeroBefore, oneBefore, column);
  descend(walk, cold, next + 1, at, covers.share[cold]! * zeroBefore, 0, column);
}
