import * as z from 'zod';
import type { FeatureRef } from '../../core/definitions/feature-view.ts';
import type { GateDefinition, Model } from '../../core/definitions/model.ts';
import { refuse } from './definition-error.ts';
import { givenOf, MetricInput, metricChoiceProblems, metricLimitProblems } from './metric-choice.ts';
import {
  deepFreeze,
  numberBetween,
  oneOf,
  quoteValue,
  readInput,
  strictObject,
  TrueOrFalse,
  wholeBetween,
} from './read-input.ts';
import { segmentName } from './segment.ts';

type Found = readonly { readonly path: string; readonly problem: string }[];
type SliceGate = GateDefinition & { readonly kind: 'slice' };
type FairnessGate = GateDefinition & { readonly kind: 'fairness' };

/** A segment of the model, by its feature. */
const SegmentReference = z
  .custom<FeatureRef | string>(
    (value) =>
      typeof value === 'string'
        ? /^[a-z][a-z0-9_]*:[a-z][a-z0-9_]*$/.test(value)
        : typeof value === 'object' && value !== null && 'view' in value && 'feature' in value,
    { error: (issue) => `${quoteValue(issue.input)} is not a feature; write "view:feature" or feature(view, "name")` },
  )
  .transform((given) => (typeof given === 'string' ? given : segmentName(given)));

const Limit = z.number('must be a number').nullable().default(null);
const OnSmall = oneOf(['inconclusive', 'ignore']).default('inconclusive');
const Confidence = numberBetween(0.5, 0.9999).default(0.95);

const SliceInput = strictObject({
  ...MetricInput,
  by: z.array(SegmentReference, 'must be a list of features').default([]),
  pairs: TrueOrFalse.default(false),
  atLeast: Limit,
  atMost: Limit,
  maxGap: numberBetween(0, Number.MAX_VALUE).nullable().default(null),
  minRows: wholeBetween(2, 1e9).default(100),
  onSmall: OnSmall,
  confidence: Confidence,
});

const FairnessInput = strictObject({
  attribute: SegmentReference,
  criterion: oneOf(['demographic_parity', 'equal_opportunity', 'equalized_odds']),
  measure: oneOf(['difference', 'ratio']),
  limit: numberBetween(0, 1),
  minGroupSize: wholeBetween(2, 1e9).default(100),
  onSmall: OnSmall,
  confidence: Confidence,
});

/**
 * The metric is right in every slice of the segments `by` which test rows are told apart (all of the model's), and with
 * `pairs` in those of each two: beyond its limit, and by at most `maxGap` worse than on all rows, with `confidence`
 * (0.95). A slice of fewer than `minRows` (100) test rows makes the verdict inconclusive; with `onSmall: 'ignore'` it is
 * left out, which the verdict tells.
 */
export function sliceGate(input: z.input<typeof SliceInput>): GateDefinition {
  const { k, alpha, ...read } = readInput('sliceGate', SliceInput, input);
  const gate: SliceGate = { kind: 'slice', ...read, ...givenOf({ k, alpha }) };
  refuse('sliceGate', sliceProblems(gate));
  return deepFreeze(gate);
}

/**
 * Decisions treat the groups of `attribute`, a segment of the model, alike: by the rate of positive decisions
 * (`demographic_parity`), that among rows with a positive label (`equal_opportunity`), or the worse of that and the one
 * among rows with a negative label (`equalized_odds`). The `difference` of largest and smallest is at most `limit`, or
 * the `ratio` of smallest and largest at least that, with `confidence` (0.95). A group whose rate rests on fewer than
 * `minGroupSize` (100) test rows makes the verdict inconclusive; with `onSmall: 'ignore'` it is left out and told of.
 */
export function fairnessGate(input: z.input<typeof FairnessInput>): GateDefinition {
  return deepFreeze({ kind: 'fairness', ...readInput('fairnessGate', FairnessInput, input) });
}

/** What is wrong between the fields of a slice gate. */
export function sliceProblems(gate: SliceGate): Found {
  const limits = [...metricChoiceProblems(gate), ...metricLimitProblems(gate, false)];
  if (gate.maxGap !== null && gate.metric === 'calibration_error') {
    const problem = 'does not fit calibration_error, which is larger on fewer rows whatever the model; write atMost';
    return [...limits, { path: 'maxGap', problem }];
  }
  if (limits.length > 0 || gate.atLeast !== null || gate.atMost !== null || gate.maxGap !== null) return limits;
  return [{ path: '', problem: 'limits nothing; write atLeast, atMost or maxGap' }];
}

/** What is wrong between such a gate and the model's segments. */
export function segmentGateProblems(
  gate: SliceGate | FairnessGate,
  { segments, ...model }: Pick<Model, 'segments' | 'problem' | 'serving'>,
): Found {
  const names = segments.map(segmentName);
  const declare = names.length === 0 ? 'it has none' : `it has ${names.join(', ')}`;
  const unknown = (path: string, name: string) => ({
    path,
    problem: `${quoteValue(name)} is no segment of the model (${declare}); add it to segments`,
  });
  if (gate.kind === 'fairness') {
    const found = names.includes(gate.attribute) ? [] : [unknown('attribute', gate.attribute)];
    if (model.problem === 'binary' && model.serving.decisionThreshold !== null) return found;
    const problem = 'is about decisions, and the model makes none; it takes a binary model with a decisionThreshold';
    return [...found, { path: 'criterion', problem }];
  }
  const found = gate.by.filter((name) => !names.includes(name)).map((name) => unknown('by', name));
  if (names.length === 0 && gate.by.length === 0) {
    return [
      {
        path: 'by',
        problem: 'is empty, which means all segments of the model, and it has none; add segments to the model',
      },
    ];
  }
  const chosen = gate.by.length === 0 ? names.length : gate.by.length;
  if (!gate.pairs || chosen > 1) return found;
  return [...found, { path: 'pairs', problem: 'takes two segments, and there is one; leave it out' }];
}
