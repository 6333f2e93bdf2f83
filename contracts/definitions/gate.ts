import * as z from 'zod';
import { type GateDefinition, METRICS, type Metric, type Model } from '../../core/definitions/model.ts';
import { refuse } from './definition-error.ts';
import { deepFreeze, numberBetween, oneOf, quoteValue, readInput, strictObject, wholeBetween } from './read-input.ts';

/** What more of a metric means, and which problem has it. */
const METRIC_FACTS: Readonly<Record<Metric, { problem: Model['problem']; better: 'higher' | 'lower'; max: number }>> = {
  auc: { problem: 'binary', better: 'higher', max: 1 },
  accuracy: { problem: 'binary', better: 'higher', max: 1 },
  log_loss: { problem: 'binary', better: 'lower', max: Number.MAX_VALUE },
  rmse: { problem: 'regression', better: 'lower', max: Number.MAX_VALUE },
  mae: { problem: 'regression', better: 'lower', max: Number.MAX_VALUE },
};

const Limit = z.number('must be a number').nullable().default(null);

const MetricInput = strictObject({
  metric: oneOf(METRICS),
  atLeast: Limit,
  atMost: Limit,
  minRows: wholeBetween(1, 1e9).default(100),
});

const RegressionInput = strictObject({
  metric: oneOf(METRICS),
  margin: numberBetween(0, Number.MAX_VALUE).default(0),
  confidence: numberBetween(0.5, 0.9999).default(0.95),
});

const DataQualityInput = strictObject({
  minTrainRows: wholeBetween(1, 1e12),
  maxMissingShare: numberBetween(0, 1),
});

/** The metric on the test rows lies on the right side of a limit. Fewer than `minRows` (100) rows is inconclusive. */
export function metricGate(input: z.input<typeof MetricInput>): GateDefinition {
  const gate: GateDefinition = { kind: 'metric', ...readInput('metricGate', MetricInput, input) };
  refuse('metricGate', limitProblems(gate));
  return deepFreeze(gate);
}

/** Not worse than the champion on the same rows by more than `margin` (0), with `confidence` (0.95). */
export function regressionGate(input: z.input<typeof RegressionInput>): GateDefinition {
  return deepFreeze({ kind: 'regression', ...readInput('regressionGate', RegressionInput, input) });
}

/** There are enough training rows, and no feature is missing too often. */
export function dataQualityGate(input: z.input<typeof DataQualityInput>): GateDefinition {
  return deepFreeze({ kind: 'data_quality', ...readInput('dataQualityGate', DataQualityInput, input) });
}

/** What is wrong between the limits of a metric gate. */
export function limitProblems(gate: GateDefinition & { kind: 'metric' }): readonly { path: string; problem: string }[] {
  const { better, max } = METRIC_FACTS[gate.metric];
  const [needed, other] = better === 'higher' ? (['atLeast', 'atMost'] as const) : (['atMost', 'atLeast'] as const);
  const limit = gate[needed];
  if (gate[other] !== null) {
    return [
      {
        path: other,
        problem: `${quoteValue(gate[other])} is not allowed, because a ${better} ${gate.metric} is better; write ${needed}`,
      },
    ];
  }
  if (limit === null) return [{ path: needed, problem: `is missing; write the limit of ${gate.metric}` }];
  if (limit >= 0 && limit <= max) return [];
  return [
    { path: needed, problem: `${limit} is out of range; ${gate.metric} goes from 0${max === 1 ? ' to 1' : ' up'}` },
  ];
}

/** What is wrong between a gate and the problem its model solves. */
export function gateProblems(
  gate: GateDefinition,
  problem: Model['problem'],
): readonly { path: string; problem: string }[] {
  if (gate.kind === 'data_quality' || METRIC_FACTS[gate.metric].problem === problem) return [];
  const known = METRICS.filter((metric) => METRIC_FACTS[metric].problem === problem).join(', ');
  return [
    { path: 'metric', problem: `${quoteValue(gate.metric)} does not fit a ${problem} model; write one of ${known}` },
  ];
}
