import * as z from 'zod';
import type { Model } from '../../core/definitions/model.ts';
import { TUNING_OBJECTIVES, type Tuning, type TuningObjective } from '../../core/definitions/tuning.ts';
import { numberBetween, oneOf, quoteValue, strictObject, wholeBetween } from './read-input.ts';

/** Source: SageMaker, hyperparameter tuning of the XGBoost image: what may be searched, and what of it is whole. */
const TUNABLE = {
  alpha: 'continuous',
  colsample_bylevel: 'continuous',
  colsample_bynode: 'continuous',
  colsample_bytree: 'continuous',
  eta: 'continuous',
  gamma: 'continuous',
  lambda: 'continuous',
  max_delta_step: 'integer',
  max_depth: 'integer',
  min_child_weight: 'continuous',
  num_round: 'integer',
  subsample: 'continuous',
} as const satisfies Readonly<Record<string, 'integer' | 'continuous'>>;

/** Shares of rows or columns. Source: XGBoost, parameters of tree boosters. */
const SAMPLED: readonly string[] = ['colsample_bylevel', 'colsample_bynode', 'colsample_bytree', 'subsample'];

/** Limits of one SageMaker tuning job. Source: Amazon SageMaker quotas. */
const MAX_JOBS = 750;
const MAX_PARALLEL = 100;
const MAX_RANGES = 30;

const RangeInput = strictObject({
  min: numberBetween(0, 1e9),
  max: numberBetween(0, 1e9),
  scaling: oneOf(['auto', 'linear', 'logarithmic']).default('auto'),
});

export const TuningInput = strictObject({
  strategy: oneOf(['Bayesian', 'Random']).default('Bayesian'),
  jobs: wholeBetween(2, MAX_JOBS).default(20),
  parallel: wholeBetween(1, MAX_PARALLEL).default(2),
  /** Left out: AUC for binary models, RMSE for regressions. */
  objective: oneOf(TUNING_OBJECTIVES).optional(),
  ranges: z.record(z.string(), RangeInput, 'must be { hyperparameter: { min, max } }'),
});

/** The search as it is kept. */
export function tuningOf(read: z.output<typeof TuningInput>, problem: Model['problem']): Tuning {
  const ranges = Object.entries(read.ranges)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, range]) => ({ name, ...range, kind: kindOf(name) ?? 'continuous' }));
  const { strategy, jobs, parallel } = read;
  return { strategy, jobs, parallel, objective: read.objective ?? (problem === 'binary' ? 'auc' : 'rmse'), ranges };
}

/** What is wrong with the search of a model. */
export function tuningProblems({
  training: { tuning, hyperparameters },
  problem,
}: Pick<Model, 'training' | 'problem'>): readonly { readonly path: string; readonly problem: string }[] {
  if (tuning === null || tuning === undefined) return [];
  const problems: { path: string; problem: string }[] = [];
  const add = (path: string, text: string) => problems.push({ path: `training.tuning.${path}`, problem: text });
  const known = Object.keys(TUNABLE);
  if (tuning.ranges.length === 0)
    add('ranges', `{} searches nothing; write for example { eta: { min: 0.02, max: 0.3 } }`);
  if (tuning.ranges.length > MAX_RANGES)
    add('ranges', `${tuning.ranges.length} ranges; at most ${MAX_RANGES} are searched`);
  if (tuning.parallel > tuning.jobs) {
    add('parallel', `${tuning.parallel} jobs at once of ${tuning.jobs} in all; write at most jobs`);
  }
  for (const { name, min, max, kind, scaling } of tuning.ranges) {
    const path = `ranges.${name}`;
    if (kindOf(name) === null) {
      add(path, `${quoteValue(name)} cannot be searched; known: ${known.join(', ')}`);
      continue;
    }
    const outside = limitProblem(name, min, max);
    if (outside !== null) add(path, outside);
    if (min >= max) add(path, `min ${min} is not below max ${max}; write a range`);
    if (kind === 'integer' && !(Number.isInteger(min) && Number.isInteger(max))) {
      add(path, `${min} to ${max} is not of whole numbers, which ${name} takes alone`);
    }
    if (scaling === 'logarithmic' && min <= 0) add(path, 'logarithmic scaling needs a min above 0');
    if (name !== 'num_round' && hyperparameters[name] !== undefined) {
      add(path, `training.hyperparameters sets ${name} to ${hyperparameters[name]}; leave it out of one of both`);
    }
  }
  const fitting: readonly TuningObjective[] = problem === 'binary' ? ['auc', 'logloss'] : ['rmse', 'mae'];
  if (!fitting.includes(tuning.objective)) {
    add(
      'objective',
      `${quoteValue(tuning.objective)} does not fit a ${problem} model; write one of ${fitting.join(', ')}`,
    );
  }
  return problems;
}

/** What XGBoost would refuse hours later, in the middle of the search. */
function limitProblem(name: string, min: number, max: number): string | null {
  if (name === 'num_round' && min < 1) return `min ${min} trains nothing; write a min of at least 1`;
  if (name === 'eta' && max > 1) return `max ${max} is too large; eta goes from 0 to 1`;
  if (!SAMPLED.includes(name) || (min > 0 && max <= 1)) return null;
  return `${min} to ${max} is not of shares; ${name} takes values above 0, up to 1`;
}

function kindOf(name: string): 'integer' | 'continuous' | null {
  return Object.hasOwn(TUNABLE, name) ? TUNABLE[name as keyof typeof TUNABLE] : null;
}
