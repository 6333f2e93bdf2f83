import * as z from 'zod';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../core/clock.ts';
import type { GateDefinition, Model } from '../../core/definitions/model.ts';
import { refuse } from './definition-error.ts';
import { durationBetween, durationText } from './duration.ts';
import {
  givenOf,
  MetricInput,
  metricChoiceProblems,
  metricLimitProblems,
  metricProblemProblems,
} from './metric-choice.ts';
import { deepFreeze, numberBetween, readInput, strictObject, wholeBetween } from './read-input.ts';
import { segmentGateProblems, sliceProblems } from './segment-gates.ts';

/** One function sends the requests and has to keep up. */
export const MAX_REPLAY_PER_SECOND = 500;
export const MAX_REPLAY_MS = 10 * MINUTE_MS;

const PositiveShare = numberBetween(0, 1).refine((share) => share > 0, {
  error: '0 lets nothing through; write a number above 0, up to 1',
});

const Limit = z.number('must be a number').nullable().default(null);

const MetricGateInput = strictObject({
  ...MetricInput,
  atLeast: Limit,
  atMost: Limit,
  minRows: wholeBetween(1, 1e9).default(100),
});

const RegressionInput = strictObject({
  ...MetricInput,
  margin: numberBetween(0, Number.MAX_VALUE).default(0),
  confidence: numberBetween(0.5, 0.9999).default(0.95),
});

const DataQualityInput = strictObject({
  minTrainRows: wholeBetween(1, 1e12),
  maxMissingShare: numberBetween(0, 1),
  minShareOfLast: PositiveShare.nullable().default(null),
});

const SkewInput = strictObject({
  maxMismatchShare: numberBetween(0, 1),
  minVectors: wholeBetween(1, 1e9).default(100),
  within: durationBetween(MINUTE_MS, 365 * DAY_MS),
});

const AttributionInput = strictObject({
  maxShare: PositiveShare.nullable().default(null),
  maxChange: PositiveShare.nullable().default(null),
  confidence: numberBetween(0.5, 0.9999).default(0.95),
});

const CostInput = strictObject({
  perThousand: numberBetween(0, 1e6),
  requestsPerSecond: numberBetween(0.001, 1e6),
});

const LatencyInput = strictObject({
  quantile: numberBetween(0.5, 0.999),
  atMost: durationBetween(1, 10 * SECOND_MS),
  requestsPerSecond: numberBetween(0.1, MAX_REPLAY_PER_SECOND),
  for: durationBetween(SECOND_MS, MAX_REPLAY_MS),
  minRequests: wholeBetween(1, MAX_REPLAY_PER_SECOND * (MAX_REPLAY_MS / SECOND_MS)).default(100),
});

/** The metric on the test rows lies on the right side of a limit. Fewer than `minRows` (100) rows is inconclusive. */
export function metricGate(input: z.input<typeof MetricGateInput>): GateDefinition {
  const { k, alpha, ...read } = readInput('metricGate', MetricGateInput, input);
  const gate: GateDefinition = { kind: 'metric', ...read, ...givenOf({ k, alpha }) };
  refuse('metricGate', gateLimitProblems(gate));
  return deepFreeze(gate);
}

/** Not worse than the champion on the same rows by more than `margin` (0), with `confidence` (0.95). */
export function regressionGate(input: z.input<typeof RegressionInput>): GateDefinition {
  const { k, alpha, ...read } = readInput('regressionGate', RegressionInput, input);
  const gate: GateDefinition = { kind: 'regression', ...read, ...givenOf({ k, alpha }) };
  refuse('regressionGate', gateLimitProblems(gate));
  return deepFreeze(gate);
}

/**
 * There are enough training rows, at least `minShareOfLast` of those of the last release that passed, and no feature is
 * missing too often.
 */
export function dataQualityGate(input: z.input<typeof DataQualityInput>): GateDefinition {
  return deepFreeze({ kind: 'data_quality', ...readInput('dataQualityGate', DataQualityInput, input) });
}

/**
 * The newest skew audit is not older than `within`, rests on at least `minVectors` (100) served vectors, and finds at
 * most `maxMismatchShare` of them different from what could have been known.
 */
export function skewGate(input: z.input<typeof SkewInput>): GateDefinition {
  const { within: withinMs, ...read } = readInput('skewGate', SkewInput, input);
  return deepFreeze({ kind: 'skew', ...read, withinMs });
}

/**
 * No input has more than `maxShare` of what all inputs contribute to the scores of the test rows, and against the
 * champion on the same rows the shares have moved by at most `maxChange` (half the sum of their absolute changes),
 * with `confidence` (0.95). At least one of the two limits has to be given.
 */
export function attributionGate(input: z.input<typeof AttributionInput>): GateDefinition {
  const gate: GateDefinition = { kind: 'attribution', ...readInput('attributionGate', AttributionInput, input) };
  refuse('attributionGate', gateLimitProblems(gate));
  return deepFreeze(gate);
}

/** 1,000 predictions cost at most `perThousand` US dollars when they arrive at `requestsPerSecond`. */
export function costGate(input: z.input<typeof CostInput>): GateDefinition {
  const { perThousand, requestsPerSecond } = readInput('costGate', CostInput, input);
  return deepFreeze({ kind: 'cost', maxPerThousandUsd: perThousand, requestsPerSecond });
}

/**
 * In the rollout, before live traffic: rows of the test set are sent to the candidate's variant at
 * `requestsPerSecond` `for` a while, and the quantile of the latency is shown to be `atMost`. Fewer than `minRequests`
 * (100) is inconclusive.
 */
export function latencyGate(input: z.input<typeof LatencyInput>): GateDefinition {
  const { atMost, for: forMs, ...read } = readInput('latencyGate', LatencyInput, input);
  const gate: GateDefinition = { kind: 'latency', ...read, atMostMs: atMost, forMs };
  refuse('latencyGate', gateLimitProblems(gate));
  return deepFreeze(gate);
}

/** What is wrong between the fields of one gate. */
export function gateLimitProblems(gate: GateDefinition): readonly { path: string; problem: string }[] {
  if (gate.kind === 'metric') return [...metricChoiceProblems(gate), ...metricLimitProblems(gate, true)];
  if (gate.kind === 'regression') return metricChoiceProblems(gate);
  if (gate.kind === 'slice') return sliceProblems(gate);
  if (gate.kind === 'attribution' && gate.maxShare === null && gate.maxChange === null) {
    return [{ path: '', problem: 'limits nothing; write maxShare, maxChange or both' }];
  }
  if (gate.kind !== 'latency') return [];
  const planned = Math.floor((gate.requestsPerSecond * gate.forMs) / SECOND_MS);
  if (planned >= gate.minRequests) return [];
  const because = `${gate.requestsPerSecond} per second for ${durationText(gate.forMs)} are ${planned} requests`;
  return [
    { path: 'minRequests', problem: `${gate.minRequests} is out of reach: ${because}; send more or ask for fewer` },
  ];
}

/** What is wrong between the gates of a model. */
export function gateSetProblems(gates: readonly GateDefinition[]): readonly { path: string; problem: string }[] {
  const latencyGates = gates.filter(({ kind }) => kind === 'latency').length;
  if (gates.length > 0 && latencyGates === gates.length) {
    const problem =
      'are all judged in the rollout; add one that is judged when the model is trained, such as metricGate';
    return [{ path: 'gates', problem }];
  }
  if (latencyGates <= 1) return [];
  return [{ path: 'gates', problem: `hold ${latencyGates} latency gates; one is allowed, so keep the stricter` }];
}

/** What is wrong between a gate and its model. */
export function gateProblems(
  gate: GateDefinition,
  model: Pick<Model, 'problem' | 'segments' | 'serving'>,
): readonly { path: string; problem: string }[] {
  return [
    ...('metric' in gate ? metricProblemProblems(gate, model.problem) : []),
    ...(gate.kind === 'slice' || gate.kind === 'fairness' ? segmentGateProblems(gate, model) : []),
  ];
}
