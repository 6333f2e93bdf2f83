/** A search for hyperparameters before each training: many jobs on the same rows, the best of which becomes the release. */
export interface Tuning {
  readonly strategy: 'Bayesian' | 'Random';
  /** Training jobs of one search, and how many of them run at once. */
  readonly jobs: number;
  readonly parallel: number;
  /** XGBoost's metric on the validation rows that decides which job is best. */
  readonly objective: TuningObjective;
  /** What is searched, in order of name; the other hyperparameters stay as they are declared. */
  readonly ranges: readonly TuningRange[];
}

export const TUNING_OBJECTIVES = ['auc', 'logloss', 'rmse', 'mae'] as const;
export type TuningObjective = (typeof TUNING_OBJECTIVES)[number];

export interface TuningRange {
  /** Hyperparameter, by XGBoost's name. */
  readonly name: string;
  /** Both ends belong to the range. */
  readonly min: number;
  readonly max: number;
  readonly kind: 'integer' | 'continuous';
  /** SageMaker's words, in lower case; logarithmic for what spans orders of magnitude. */
  readonly scaling: 'auto' | 'linear' | 'logarithmic';
}
