import { InvalidInputError } from '../../../core/errors.ts';
import type { BoostingParameters } from './boosting/boost.ts';
import { METRIC_NAMES, type MetricName } from './boosting/metrics.ts';
import { TRAINING_OBJECTIVES, type TrainableObjective } from './boosting/training-objective.ts';

/** XGBoost's own default step limit for Poisson, which keeps its exponentials in bounds. */
const POISSON_MAX_DELTA_STEP = 0.7;

const ALIASES: Readonly<Record<string, string>> = {
  learning_rate: 'eta',
  min_split_loss: 'gamma',
  reg_lambda: 'lambda',
  reg_alpha: 'alpha',
};

/** What SageMaker adds to the hyperparameters of a search's jobs, for example `validation:auc`. */
const TUNING_OBJECTIVE = '_tuning_objective_metric';

type Rule =
  | { readonly kind: 'integer' | 'real'; readonly low: number; readonly lowOpen?: boolean; readonly high: number }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'choices'; readonly choices: readonly string[] };

const share: Rule = { kind: 'real', low: 0, lowOpen: true, high: 1 };
const count = (low: number, high = 2 ** 31 - 1): Rule => ({ kind: 'integer', low, high });
const real = (low: number, high = Number.MAX_VALUE): Rule => ({ kind: 'real', low, high });
const choice = (...choices: string[]): Rule => ({ kind: 'choice', choices });

/** What the stand-in knows, with the image's own limits. `tree_method`, `verbosity` and the like change nothing here. */
const RULES: Readonly<Record<string, Rule>> = {
  num_round: count(1),
  booster: choice('gbtree'),
  objective: choice(...Object.keys(TRAINING_OBJECTIVES)),
  eval_metric: { kind: 'choices', choices: METRIC_NAMES },
  early_stopping_rounds: count(1),
  eta: real(0, 1),
  gamma: real(0),
  max_depth: count(0),
  max_leaves: count(0),
  grow_policy: choice('depthwise', 'lossguide'),
  min_child_weight: real(0),
  max_delta_step: real(0),
  subsample: share,
  colsample_bytree: share,
  colsample_bylevel: share,
  colsample_bynode: share,
  lambda: real(0),
  alpha: real(0),
  max_bin: count(2, 65_535),
  scale_pos_weight: { kind: 'real', low: 0, lowOpen: true, high: Number.MAX_VALUE },
  base_score: real(-Number.MAX_VALUE),
  seed: count(-(2 ** 31) + 1),
  tree_method: choice('auto', 'hist'),
  verbosity: count(0, 3),
  nthread: count(1),
};

/**
 * Training parameters from the hyperparameters of a training job, all of which are text.
 *
 * @throws InvalidInputError for a name that is not known, a value outside its range, a missing `num_round`, and
 *   values that contradict each other; the message names the parameter, the value and what is allowed
 */
export function readHyperparameters(given: Readonly<Record<string, unknown>>): BoostingParameters {
  const { [TUNING_OBJECTIVE]: objectiveOfSearch, ...own } = given;
  const texts = canonicalNames(own);
  const number = (name: string, absent: number) => (texts[name] === undefined ? absent : readNumber(name, texts[name]));
  const word = (name: string, absent: string) =>
    texts[name] === undefined ? absent : readWords(name, texts[name])[0]!;
  if (texts['num_round'] === undefined) {
    throw new InvalidInputError('hyperparameter num_round is missing; it is required: a whole number of 1 or more');
  }
  for (const name of Object.keys(texts)) check(name, texts[name]!);

  const objectiveName = word('objective', 'reg:squarederror') as TrainableObjective; // one of RULES' choices
  const maxDeltaStep = number('max_delta_step', objectiveName === 'count:poisson' ? POISSON_MAX_DELTA_STEP : 0);
  const objective = TRAINING_OBJECTIVES[objectiveName](number('scale_pos_weight', 1), maxDeltaStep);
  const metrics = withObjective(
    texts['eval_metric'] === undefined ? [objective.defaultMetric] : readWords('eval_metric', texts['eval_metric']),
    objectiveOfSearch,
  );
  const parameters = {
    rounds: number('num_round', 1),
    objective,
    metrics: metrics as readonly MetricName[], // RULES' choices are the metric names
    earlyStoppingRounds: number('early_stopping_rounds', 0),
    eta: number('eta', 0.3),
    gamma: number('gamma', 0),
    maxDepth: number('max_depth', 6),
    maxLeaves: number('max_leaves', 0),
    growPolicy: word('grow_policy', 'depthwise') === 'lossguide' ? ('lossguide' as const) : ('depthwise' as const),
    minChildWeight: number('min_child_weight', 1),
    maxDeltaStep,
    subsample: number('subsample', 1),
    columnShares: {
      byTree: number('colsample_bytree', 1),
      byLevel: number('colsample_bylevel', 1),
      byNode: number('colsample_bynode', 1),
    },
    lambda: number('lambda', 1),
    alpha: number('alpha', 0),
    maxBin: number('max_bin', 256),
    seed: number('seed', 0),
    ...(texts['base_score'] === undefined ? {} : { baseScore: number('base_score', 0) }),
  };
  checkTogether(parameters);
  return parameters;
}

/** A job of a search measures what the search is about, last, beside what it was told to. */
function withObjective(metrics: readonly string[], objective: unknown): readonly string[] {
  if (objective === undefined) return metrics;
  const name = /^(?:train|validation):(.+)$/.exec(String(objective))?.[1] ?? '';
  check('eval_metric', name);
  return [...metrics.filter((metric) => metric !== name), name];
}

function canonicalNames(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const canonical = ALIASES[name] ?? name;
    if (RULES[canonical] === undefined) {
      const known = [...Object.keys(RULES), ...Object.keys(ALIASES)].sort().join(', ');
      throw new InvalidInputError(
        `hyperparameter ${name} (value ${JSON.stringify(value)}) is not known; known: ${known}`,
      );
    }
    if (typeof value !== 'string') {
      throw new InvalidInputError(
        `hyperparameter ${name} is ${JSON.stringify(value)}; SageMaker passes text only, such as "1"`,
      );
    }
    if (texts[canonical] !== undefined)
      throw new InvalidInputError(`hyperparameter ${name} repeats ${canonical}; give one of them`);
    texts[canonical] = value.trim();
  }
  return texts;
}

function readNumber(name: string, text: string): number {
  check(name, text);
  return Number(text);
}

function readWords(name: string, text: string): string[] {
  check(name, text);
  return text.split(',').map((part) => part.trim());
}

function check(name: string, text: string): void {
  const rule = RULES[name]!;
  const refuse = (allowed: string): never => {
    throw new InvalidInputError(`hyperparameter ${name} is ${JSON.stringify(text)}; allowed: ${allowed}`, {
      name,
      value: text,
    });
  };
  if (rule.kind === 'choice' || rule.kind === 'choices') {
    const words = rule.kind === 'choice' ? [text] : text.split(',').map((part) => part.trim());
    const allowed =
      rule.kind === 'choice' ? rule.choices.join(', ') : `${rule.choices.join(', ')}, separated by commas`;
    if (words.some((part) => !rule.choices.includes(part))) refuse(allowed);
    return;
  }
  const value = text === '' ? Number.NaN : Number(text);
  const fits =
    Number.isFinite(value) &&
    (rule.kind === 'real' || Number.isInteger(value)) &&
    (rule.lowOpen === true ? value > rule.low : value >= rule.low) &&
    value <= rule.high;
  if (!fits) refuse(rangeText(rule));
}

function rangeText(rule: Extract<Rule, { low: number }>): string {
  const noun = rule.kind === 'integer' ? 'a whole number' : 'a number';
  const low = rule.low === -Number.MAX_VALUE ? '' : rule.lowOpen === true ? ` above ${rule.low}` : ` from ${rule.low}`;
  const high = rule.high === Number.MAX_VALUE ? '' : ` up to ${rule.high}`;
  return `${noun}${low}${high}`;
}

function checkTogether(parameters: BoostingParameters): void {
  const { objective, baseScore, metrics } = parameters;
  if (parameters.maxDepth === 0 && parameters.maxLeaves === 0) {
    throw new InvalidInputError(
      'hyperparameters max_depth and max_leaves are both 0, so trees would never stop growing; set one of them',
    );
  }
  if (baseScore !== undefined && objective.labelProblem(baseScore) !== undefined) {
    throw new InvalidInputError(`hyperparameter base_score is ${baseScore}; it ${objective.labelProblem(baseScore)}`);
  }
  if (metrics.includes('auc') && objective.name !== 'binary:logistic') {
    throw new InvalidInputError(
      `hyperparameter eval_metric auc needs the objective binary:logistic, not ${objective.name}`,
    );
  }
}
