import { InvalidInputError } from '../errors.ts';
import type { TreeObjective } from './tree-objective.ts';
import { toPredictions } from './tree-objective.ts';

/**
 * A gradient boosted tree model as flat arrays: node `i` of any tree is entry `i` of every node array, and child
 * indices are absolute. All numbers are single precision, as in XGBoost, so the same row gives the same margin.
 */
export interface TreeEnsemble {
  /** Number of columns a row must have. */
  readonly featureCount: number;
  /** One name per column, or empty when the model file has none. */
  readonly featureNames: readonly string[];
  readonly objective: TreeObjective;
  /** Outputs per row: 1, or the number of classes. */
  readonly groupCount: number;
  /** The starting score of each output on the scale of the model file: a probability for logistic objectives. */
  readonly baseScores: Float32Array;
  /** The starting score of each output on the margin scale. */
  readonly baseMargins: Float32Array;
  /** Root node of each tree, in the order in which their leaves are added. */
  readonly roots: Int32Array;
  /** Output that each tree adds to, 0 to `groupCount - 1`. */
  readonly treeGroups: Int32Array;
  /** Trees of one output in one boosting round; above 1 for boosted random forests. */
  readonly parallelTrees: number;
  /** The learner's attributes, such as `best_iteration`; all are text. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Left child, or -1 for a leaf. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Column that the node splits on; unused for a leaf. */
  readonly feature: Int32Array;
  /** A value below this goes left; the score that is added, for a leaf. */
  readonly threshold: Float32Array;
  /** 1 where a missing value goes left. */
  readonly defaultLeft: Uint8Array;
  /** Sum of second-order gradients of the training rows that reached the node. */
  readonly cover: Float32Array;
  /** Loss reduction of the split; 0 for a leaf. */
  readonly gain: Float32Array;
}

export interface PredictOptions {
  /** Use only the first rounds of boosting; all of them when absent. */
  readonly rounds?: number;
}

/** Boosting rounds of the ensemble. */
export function roundCount(ensemble: TreeEnsemble): number {
  return ensemble.roots.length / (ensemble.parallelTrees * ensemble.groupCount);
}

/**
 * Raw score of each output of a row, before the objective's transform: log-odds for logistic objectives.
 *
 * NaN means missing and goes each node's default way; infinities compare as numbers. Leaves are added in single
 * precision in tree order, as XGBoost's CPU predictor does.
 * Source: XGBoost 3.2, `src/predictor/cpu_predictor.cc`. Checked by: test/reference/xgboost-*.json.
 *
 * @throws InvalidInputError when the row has another number of columns than the model
 */
export function predictMargins(
  ensemble: TreeEnsemble,
  row: ArrayLike<number>,
  options: PredictOptions = {},
): Float32Array {
  if (row.length !== ensemble.featureCount) {
    throw new InvalidInputError(
      `the row has ${row.length} columns, but the model was trained with ${ensemble.featureCount}`,
      { columns: row.length, expected: ensemble.featureCount },
    );
  }
  const values = row instanceof Float32Array ? row : Float32Array.from(row);
  const { roots, treeGroups } = ensemble;
  const perRound = ensemble.parallelTrees * ensemble.groupCount;
  const trees = options.rounds === undefined ? roots.length : Math.min(roots.length, options.rounds * perRound);
  const margins = Float32Array.from(ensemble.baseMargins);
  for (let tree = 0; tree < trees; tree++) {
    margins[treeGroups[tree]!]! += ensemble.threshold[leafOf(ensemble, roots[tree]!, values)]!;
  }
  return margins;
}

/** Raw score of a row, for a model with one output. */
export function predictMargin(ensemble: TreeEnsemble, row: ArrayLike<number>, options: PredictOptions = {}): number {
  return onlyOutput(ensemble, predictMargins(ensemble, row, options));
}

/** The objective's answer for each output of a row: a probability for logistic objectives and for each class. */
export function predictAll(ensemble: TreeEnsemble, row: ArrayLike<number>, options: PredictOptions = {}): Float32Array {
  return toPredictions(ensemble.objective, predictMargins(ensemble, row, options));
}

/** The objective's answer for a row, for a model with one output. */
export function predict(ensemble: TreeEnsemble, row: ArrayLike<number>, options: PredictOptions = {}): number {
  return onlyOutput(ensemble, predictAll(ensemble, row, options));
}

/** The leaf that a row of single-precision values reaches in one tree. */
function leafOf(ensemble: TreeEnsemble, root: number, values: Float32Array): number {
  const { left, right, feature, threshold, defaultLeft } = ensemble;
  let node = root;
  while (left[node]! >= 0) {
    const value = values[feature[node]!]!;
    const goesLeft = Number.isNaN(value) ? defaultLeft[node] === 1 : value < threshold[node]!;
    node = goesLeft ? left[node]! : right[node]!;
  }
  return node;
}

function onlyOutput(ensemble: TreeEnsemble, outputs: Float32Array): number {
  if (ensemble.groupCount !== 1) {
    throw new InvalidInputError(
      `the model has ${ensemble.groupCount} outputs per row (${ensemble.objective}); ask for all of them`,
      { outputs: ensemble.groupCount },
    );
  }
  return outputs[0]!;
}
