import type { Model } from '../../core/definitions/model.ts';
import { quoteValue } from './read-input.ts';

/**
 * Hyperparameters of the SageMaker XGBoost image.
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost_hyperparameters.html and XGBoost's own aliases.
 */
export const XGBOOST_HYPERPARAMETERS: readonly string[] = [
  'alpha',
  'base_score',
  'booster',
  'colsample_bylevel',
  'colsample_bynode',
  'colsample_bytree',
  'deterministic_histogram',
  'early_stopping_rounds',
  'eta',
  'eval_metric',
  'gamma',
  'grow_policy',
  'interaction_constraints',
  'lambda',
  'lambda_bias',
  'learning_rate',
  'max_bin',
  'max_delta_step',
  'max_depth',
  'max_leaves',
  'min_child_weight',
  'min_split_loss',
  'monotone_constraints',
  'normalize_type',
  'nthread',
  'num_parallel_tree',
  'num_round',
  'objective',
  'one_drop',
  'process_type',
  'rate_drop',
  'reg_alpha',
  'reg_lambda',
  'sample_type',
  'sampling_method',
  'scale_pos_weight',
  'seed',
  'single_precision_histogram',
  'skip_drop',
  'sketch_eps',
  'subsample',
  'tree_method',
  'tweedie_variance_power',
  'updater',
  'verbosity',
];

/** Objectives whose output is what a prediction of the problem promises: a probability, an estimate. */
export const OBJECTIVES: Readonly<Record<Model['problem'], readonly [string, ...string[]]>> = {
  binary: ['binary:logistic'],
  regression: ['reg:squarederror', 'reg:logistic', 'reg:pseudohubererror', 'count:poisson', 'reg:gamma', 'reg:tweedie'],
};

/** Source: AWS, SageMaker API reference, CreateTrainingJob, `HyperParameters`. */
const MAX_VALUE_LENGTH = 2500;

/** What is wrong with the hyperparameters of a model. Their ranges are the image's to judge. */
export function hyperparameterProblems(
  given: Readonly<Record<string, string | number>>,
  problem: Model['problem'],
): readonly { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (!XGBOOST_HYPERPARAMETERS.includes(name)) {
      problems.push({
        path: name,
        problem: `${quoteValue(value)} is for a hyperparameter that XGBoost does not have; known: ${XGBOOST_HYPERPARAMETERS.join(', ')}`,
      });
    }
  }
  for (const [name, value] of Object.entries(given)) {
    const { length } = String(value);
    if (length <= MAX_VALUE_LENGTH) continue;
    problems.push({
      path: name,
      problem: `a text of ${length} characters; SageMaker takes at most ${MAX_VALUE_LENGTH}`,
    });
  }
  const rounds = Number(given['num_round'] ?? Number.NaN);
  if (!Number.isInteger(rounds) || rounds < 1) {
    const problem =
      given['num_round'] === undefined ? 'is missing' : `${quoteValue(given['num_round'])} is not allowed`;
    problems.push({ path: 'num_round', problem: `${problem}; write a whole number of 1 or more, for example 100` });
  }
  const { objective } = given;
  if (objective !== undefined && !OBJECTIVES[problem].includes(String(objective))) {
    problems.push({
      path: 'objective',
      problem: `${quoteValue(objective)} does not fit a ${problem} model; write one of ${OBJECTIVES[problem].join(', ')}`,
    });
  }
  return problems;
}
