import type { TreeObjective } from '../../../../core/trees/tree-objective.ts';
import type { MetricName } from './metrics.ts';

/** What training minimizes. */
export interface TrainingObjective {
  readonly name: TreeObjective;
  readonly defaultMetric: MetricName;
  /** Weight of rows whose label is 1; the others weigh 1. */
  readonly positiveWeight: number;
  /** What is wrong with a label, or undefined. */
  labelProblem(label: number): string | undefined;
  /** First- and second-order derivative of the loss of each row, side by side. */
  gradients(predictions: Float32Array, labels: Float32Array, out: Float32Array): void;
}

const LEAST_SECOND = 1e-16;

function weighted(
  scalePosWeight: number,
  first: (prediction: number, label: number) => number,
  second: (prediction: number) => number,
): TrainingObjective['gradients'] {
  return (predictions, labels, out) => {
    for (let row = 0; row < labels.length; row++) {
      const prediction = predictions[row]!;
      const label = labels[row]!;
      const weight = label === 1 ? scalePosWeight : 1;
      out[2 * row] = Math.fround(first(prediction, label)) * weight;
      out[2 * row + 1] = Math.fround(second(prediction)) * weight;
    }
  };
}

function logistic(name: 'binary:logistic' | 'reg:logistic', scalePosWeight: number): TrainingObjective {
  return {
    name,
    positiveWeight: scalePosWeight,
    defaultMetric: name === 'binary:logistic' ? 'logloss' : 'rmse',
    labelProblem: (label) => (label >= 0 && label <= 1 ? undefined : `must be between 0 and 1 for ${name}`),
    gradients: weighted(
      scalePosWeight,
      (p, label) => p - label,
      (p) => Math.max(p * Math.fround(1 - p), LEAST_SECOND),
    ),
  };
}

/** Objectives that can be trained, by XGBoost's names; `maxDeltaStep` only matters to Poisson. */
export const TRAINING_OBJECTIVES = {
  'binary:logistic': (scalePosWeight: number) => logistic('binary:logistic', scalePosWeight),
  'reg:logistic': (scalePosWeight: number) => logistic('reg:logistic', scalePosWeight),
  'reg:squarederror': (scalePosWeight: number): TrainingObjective => ({
    name: 'reg:squarederror',
    defaultMetric: 'rmse',
    positiveWeight: scalePosWeight,
    labelProblem: () => undefined,
    gradients: weighted(
      scalePosWeight,
      (prediction, label) => prediction - label,
      () => 1,
    ),
  }),
  'count:poisson': (_scalePosWeight: number, maxDeltaStep: number): TrainingObjective => ({
    name: 'count:poisson',
    defaultMetric: 'poisson-nloglik',
    positiveWeight: 1,
    labelProblem: (label) => (label >= 0 ? undefined : 'must be 0 or more for count:poisson'),
    gradients: weighted(
      1,
      (rate, label) => rate - label,
      (rate) => rate * Math.exp(maxDeltaStep),
    ),
  }),
} satisfies Partial<Record<TreeObjective, (scalePosWeight: number, maxDeltaStep: number) => TrainingObjective>>;

export type TrainableObjective = keyof typeof TRAINING_OBJECTIVES;
