import type { MetricChoice, Model } from '../../core/definitions/model.ts';
import { METRICS } from '../../core/definitions/model.ts';
import { METRIC_FACTS, metricName } from '../../core/metrics/metric-facts.ts';
import { numberBetween, oneOf, quoteValue } from './read-input.ts';

type Found = readonly { readonly path: string; readonly problem: string }[];

/** The members of a gate's input that say what is measured. */
export const MetricInput = {
  metric: oneOf(METRICS),
  /** For precision and recall at k: below 1 a share of the rows, from 1 up a number of rows. */
  k: numberBetween(0, 1e9).optional(),
  /** For pinball: the quantile that is predicted. */
  alpha: numberBetween(0, 1).optional(),
};

const PARAMETERS = {
  k: {
    isValid: (k: number) => (k > 0 && k < 1) || (k >= 1 && Number.isInteger(k)),
    write: 'write a share of the rows above 0 and below 1, for example 0.1, or a whole number of rows, for example 100',
  },
  alpha: {
    isValid: (alpha: number) => alpha > 0 && alpha < 1,
    write: 'write the quantile that is predicted, above 0 and below 1, for example 0.9',
  },
} as const;

/** Without the parameters that were not given: a definition does not hold them. */
export function givenOf({
  k,
  alpha,
}: {
  k?: number | undefined;
  alpha?: number | undefined;
}): Pick<MetricChoice, 'k' | 'alpha'> {
  return { ...(k === undefined ? {} : { k }), ...(alpha === undefined ? {} : { alpha }) };
}

/** What is wrong between a metric and its parameters. */
export function metricChoiceProblems(choice: MetricChoice): Found {
  const { parameter } = METRIC_FACTS[choice.metric];
  return (['k', 'alpha'] as const).flatMap((name) => {
    const { isValid, write } = PARAMETERS[name];
    const value = choice[name];
    if (parameter !== name) {
      return value === undefined
        ? []
        : [{ path: name, problem: `${value} does not fit ${choice.metric}; leave it out` }];
    }
    if (value === undefined) return [{ path: name, problem: `is missing; ${write}` }];
    return isValid(value) ? [] : [{ path: name, problem: `${quoteValue(value)} does not fit; ${write}` }];
  });
}

/** What is wrong between a metric and what it has to reach; `isNeeded` when one of both limits has to be there. */
export function metricLimitProblems(
  choice: MetricChoice & { readonly atLeast: number | null; readonly atMost: number | null },
  isNeeded: boolean,
): Found {
  const { better, max } = METRIC_FACTS[choice.metric];
  const name = metricName(choice);
  const [needed, other] = better === 'higher' ? (['atLeast', 'atMost'] as const) : (['atMost', 'atLeast'] as const);
  const limit = choice[needed];
  const unfit = choice[other];
  if (unfit !== null) {
    const problem = `${quoteValue(unfit)} is not allowed, because a ${better} ${name} is better; write ${needed}`;
    return [{ path: other, problem }];
  }
  if (limit === null) return isNeeded ? [{ path: needed, problem: `is missing; write the limit of ${name}` }] : [];
  if (limit >= 0 && limit <= max) return [];
  return [{ path: needed, problem: `${limit} is out of range; ${name} goes from 0${max === 1 ? ' to 1' : ' up'}` }];
}

/** What is wrong between a metric and the problem its model solves. */
export function metricProblemProblems(choice: MetricChoice, problem: Model['problem']): Found {
  if (METRIC_FACTS[choice.metric].problem === problem) return [];
  const known = METRICS.filter((metric) => METRIC_FACTS[metric].problem === problem).join(', ');
  const text = `${quoteValue(choice.metric)} does not fit a ${problem} model; write one of ${known}`;
  return [{ path: 'metric', problem: text }];
}
