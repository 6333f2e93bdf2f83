import type { Random } from '../../../../core/clock.ts';
import { InvalidInputError } from '../../../../core/errors.ts';
import { concatenate } from '../../../../core/trees/parse-xgboost-model.ts';
import type { TreeEnsemble } from '../../../../core/trees/tree-ensemble.ts';
import { baseMargin, toPredictions } from '../../../../core/trees/tree-objective.ts';
import { binMatrix } from './binned-matrix.ts';
import { EarlyStopping } from './early-stopping.ts';
import { type GrownTree, type GrowthParameters, TreeGrower } from './grow-tree.ts';
import type { LabelledMatrix } from './matrix.ts';
import { type MetricName, measure } from './metrics.ts';
import { seededRandom } from './random.ts';
import type { TrainingObjective } from './training-objective.ts';

export interface BoostingParameters extends GrowthParameters {
  readonly rounds: number;
  readonly objective: TrainingObjective;
  /** Metrics to report each round; the last one decides early stopping. */
  readonly metrics: readonly MetricName[];
  /** Stop after this many rounds without a better last metric; 0 means never. */
  readonly earlyStoppingRounds: number;
  /** Share of rows each tree learns from, above 0 to 1. */
  readonly subsample: number;
  readonly maxBin: number;
  /** Starting prediction; found from the labels when absent. */
  readonly baseScore?: number;
  readonly seed: number;
}

/** One line of the training log: each metric on each data set, the training set first. */
export interface RoundScores {
  readonly round: number;
  readonly scores: readonly { readonly dataSet: string; readonly metric: MetricName; readonly value: number }[];
}

/** A data set whose predictions are kept up to date as trees are added. */
interface Watched {
  readonly name: string;
  readonly matrix: LabelledMatrix;
  readonly margins: Float32Array;
  readonly predictions: Float32Array;
}

/**
 * Trains gradient boosted trees by the histogram method. The same rows, parameters and seed give the same model.
 *
 * With early stopping the model ends at its best round, and its attributes say which (`best_iteration`, `best_score`).
 * Source: Chen and Guestrin (2016), arXiv 1603.02754. Checked by: bench/referee/check_model.py.
 *
 * @param validation watched and never learned from; early stopping looks at it, or at the training rows when absent
 * @param onRound called after each round; the next one waits for it
 * @throws InvalidInputError when there are no rows, a label does not fit the objective, or widths differ
 */
export async function boost(
  train: LabelledMatrix,
  validation: LabelledMatrix | undefined,
  parameters: BoostingParameters,
  onRound: (scores: RoundScores) => void | Promise<void> = () => {},
): Promise<TreeEnsemble> {
  checkInput(train, validation, parameters.objective);
  const random = seededRandom(parameters.seed);
  const { objective } = parameters;
  const baseScore = Math.fround(parameters.baseScore ?? startingScore(train.labels, objective));
  const base = baseMargin(objective.name, baseScore);
  const watched = [
    watch('train', train, base, objective),
    ...(validation === undefined ? [] : [watch('validation', validation, base, objective)]),
  ];
  const grower = new TreeGrower(binMatrix(train, parameters.maxBin), parameters, random);
  const gradients = new Float32Array(2 * train.rowCount);
  const stopping = new EarlyStopping(parameters.metrics.at(-1)!, parameters.earlyStoppingRounds);
  const trees: GrownTree[] = [];
  for (let round = 0; round < parameters.rounds && !stopping.isOver; round++) {
    objective.gradients(watched[0]!.predictions, train.labels, gradients);
    const tree = grower.grow(gradients, sampleRows(train.rowCount, parameters.subsample, random));
    trees.push(tree);
    for (const dataSet of watched) addTree(tree, dataSet, objective);
    const scores = watched.flatMap(({ name, matrix, predictions }) =>
      parameters.metrics.map((metric) => ({
        dataSet: name,
        metric,
        value: measure(metric, predictions, matrix.labels),
      })),
    );
    await onRound({ round, scores });
    stopping.report(round, scores.at(-1)!.value);
  }
  const kept = trees.slice(0, stopping.bestRound === undefined ? trees.length : stopping.bestRound + 1);
  return {
    featureCount: train.columnCount,
    featureNames: [],
    objective: objective.name,
    groupCount: 1,
    baseScores: Float32Array.of(baseScore),
    baseMargins: Float32Array.of(base),
    treeGroups: new Int32Array(kept.length),
    parallelTrees: 1,
    attributes: stopping.attributes(),
    ...concatenate(kept),
  };
}

function checkInput(train: LabelledMatrix, validation: LabelledMatrix | undefined, objective: TrainingObjective): void {
  if (train.rowCount === 0) throw new InvalidInputError('the train channel has no rows; at least one is needed');
  if (validation !== undefined && validation.columnCount !== train.columnCount) {
    throw new InvalidInputError(
      `the validation channel has ${validation.columnCount} feature columns, the train channel ${train.columnCount}`,
    );
  }
  for (const [channel, matrix] of [
    ['train', train],
    ['validation', validation],
  ] as const) {
    matrix?.labels.forEach((label, row) => {
      const problem = Number.isFinite(label) ? objective.labelProblem(label) : 'must be a number';
      if (problem !== undefined)
        throw new InvalidInputError(`label ${label} of row ${row + 1} in channel ${channel} ${problem}`);
    });
  }
}

function watch(name: string, matrix: LabelledMatrix, base: number, objective: TrainingObjective): Watched {
  const margins = new Float32Array(matrix.rowCount).fill(base);
  return { name, matrix, margins, predictions: toPredictions(objective.name, Float32Array.from(margins)) };
}

function sampleRows(rowCount: number, share: number, random: Random): Int32Array {
  const rows = new Int32Array(rowCount);
  let count = 0;
  for (let row = 0; row < rowCount; row++) if (share >= 1 || random() < share) rows[count++] = row;
  return rows.subarray(0, count);
}

function addTree(tree: GrownTree, { matrix, margins, predictions }: Watched, objective: TrainingObjective): void {
  const left = Int32Array.from(tree.left);
  const right = Int32Array.from(tree.right);
  const feature = Int32Array.from(tree.feature);
  const threshold = Float32Array.from(tree.threshold);
  const defaultLeft = Uint8Array.from(tree.defaultLeft);
  const { values, columnCount } = matrix;
  for (let row = 0; row < margins.length; row++) {
    const start = row * columnCount;
    let node = 0;
    while (left[node]! >= 0) {
      const value = values[start + feature[node]!]!;
      // a missing value is neither below nor at the threshold
      const goesLeft = value < threshold[node]! || (defaultLeft[node] === 1 && !(value >= threshold[node]!));
      node = goesLeft ? left[node]! : right[node]!;
    }
    margins[row]! += threshold[node]!;
  }
  predictions.set(margins);
  toPredictions(objective.name, predictions);
}

/**
 * Where XGBoost 3 starts: at the mean label, or, when positive rows weigh more than others, one Newton step away from
 * the margin 0.
 */
function startingScore(labels: Float32Array, objective: TrainingObjective): number {
  if (objective.positiveWeight === 1) return labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const gradients = new Float32Array(2 * labels.length);
  const predictions = toPredictions(objective.name, new Float32Array(labels.length));
  objective.gradients(predictions, labels, gradients);
  let first = 0;
  let second = 0;
  for (let row = 0; row < labels.length; row++) {
    first += gradients[2 * row]!;
    second += gradients[2 * row + 1]!;
  }
  return toPredictions(objective.name, Float32Array.of(-first / second))[0]!;
}
