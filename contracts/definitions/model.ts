import * as z from 'zod';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/clock.ts';
import type { FeatureRef, FeatureView } from '../../core/definitions/feature-view.ts';
import type { GateDefinition, Model } from '../../core/definitions/model.ts';
import type { OnDemandFeatureView } from '../../core/definitions/on-demand-feature-view.ts';
import { DefinedName } from './defined-name.ts';
import { refuse } from './definition-error.ts';
import { durationBetween } from './duration.ts';
import { EntityReference } from './entity.ts';
import { gateProblems, gateSetProblems } from './gate.ts';
import { keyColumnsOf, keyProblems } from './key-columns.ts';
import { type LabelInput, problemKindProblems } from './label.ts';
import { defaultNameProblems, MissingInput, missingPolicyOf } from './missing-policy.ts';
import { MonitoringInput, monitoringOf } from './monitoring.ts';
import { monitoringProblems } from './monitoring-problems.ts';
import { PrecomputedInput, precomputedOf, precomputedTimeProblems } from './precomputed.ts';
import {
  deepFreeze,
  InstantMs,
  labelOf,
  numberBetween,
  oneOf,
  quoteValue,
  readInput,
  Sentence,
  strictObject,
  wholeBetween,
} from './read-input.ts';
import { RolloutInput, rolloutPolicyOf, rolloutProblems } from './rollout-policy.ts';
import { SegmentInput, segmentOf, segmentProblems } from './segment.ts';
import { TuningInput, tuningOf, tuningProblems } from './tuning.ts';
import { hyperparameterProblems, OBJECTIVES } from './xgboost-hyperparameters.ts';

/** GPU or CPU, for example `ml.g6.xlarge`. */
export const InstanceType = z
  .string({
    error: (issue) =>
      `${quoteValue(issue.input)} is not an instance type; write for example "ml.m5.large" or "ml.g6.xlarge"`,
  })
  .regex(/^ml\.[a-z]+\d[a-z0-9-]*\.(medium|large|xlarge|\d{1,3}xlarge)$/, {
    error: (issue) =>
      `${quoteValue(issue.input)} is not a SageMaker instance type; write for example "ml.m5.large" or "ml.g6.xlarge"`,
  });

const FeatureReference = z.custom<FeatureView | OnDemandFeatureView | FeatureRef | string>(
  (value) => {
    if (typeof value === 'string') return /^[a-z][a-z0-9_]*:[a-z][a-z0-9_]*$/.test(value);
    if (typeof value !== 'object' || value === null) return false;
    if ('kind' in value) return value.kind === 'featureView' || value.kind === 'onDemandFeatureView';
    return 'view' in value && 'feature' in value;
  },
  {
    error: (issue) =>
      `${quoteValue(issue.input)} is not a feature; write "view:feature", feature(view, "name") or a whole view`,
  },
);

const Share = numberBetween(0, 1).refine((share) => share > 0 && share < 1, {
  error: (issue) => `${quoteValue(issue.input)} is not a share; write a number above 0 and below 1, for example 0.2`,
});

/** What the flow `train` waits for a job, less an hour for finding an instance. */
export const MAX_TRAINING_MS = DAY_MS;

const TrainingInput = strictObject({
  algorithm: oneOf(['xgboost']).default('xgboost'),
  hyperparameters: z.record(
    z.string(),
    z.union([z.string(), z.number()]),
    'must be { name: value } with texts or numbers',
  ),
  instanceType: InstanceType.default('ml.m5.xlarge'),
  maxRuntime: durationBetween(MINUTE_MS, MAX_TRAINING_MS).default(HOUR_MS),
  labelsFrom: InstantMs.nullable().default(null),
  /** Left out: no search; the hyperparameters are used as they stand here. */
  tuning: TuningInput.optional(),
});

const SPLIT = { by: 'time', validationShare: 0.15, testShare: 0.2 } as const;
const SplitInput = strictObject({
  by: oneOf(['time', 'entity']).default(SPLIT.by),
  validationShare: Share.default(SPLIT.validationShare),
  testShare: Share.default(SPLIT.testShare),
});

const ServingInput = strictObject({
  instanceType: InstanceType.default('ml.m5.large'),
  minInstances: wholeBetween(1, 1_000).default(1),
  maxInstances: wholeBetween(1, 1_000).default(1),
  targetInvocationsPerInstance: wholeBetween(1, 1e9).default(1_000),
  dataCapturePct: numberBetween(0, 100).default(0),
  /** Left out: 0.5 for binary models. */
  decisionThreshold: numberBetween(0, 1).nullable().optional(),
  ...MissingInput,
  precomputed: PrecomputedInput,
});

const ModelInput = strictObject({
  name: DefinedName,
  purpose: Sentence,
  owner: Sentence,
  riskClass: oneOf(['low', 'limited', 'high']),
  entity: EntityReference,
  problem: oneOf(['binary', 'regression']),
  label: z.custom<LabelInput>(
    (value) => typeof value === 'object' && value !== null && 'label' in value && 'source' in value,
    'expected a label; write observedLabel({ … }) or futureLabel({ … })',
  ),
  features: z
    .array(FeatureReference, 'must be a list of features')
    .min(1, '[] is empty; a model needs at least one feature'),
  /** What test rows are told apart by, for slices and fairness; they need not be inputs. */
  segments: z.array(SegmentInput, 'must be a list of features').default([]),
  training: TrainingInput,
  split: SplitInput.default(SPLIT),
  gates: z
    .array(
      z.custom<GateDefinition>(
        (value) => typeof value === 'object' && value !== null && 'kind' in value,
        'expected a gate; write metricGate({ … }), regressionGate({ … }) or dataQualityGate({ … })',
      ),
      'must be a list of gates',
    )
    .min(1, '[] is empty; a model needs at least one gate, for example metricGate({ metric: "auc", atLeast: 0.7 })'),
  serving: ServingInput.prefault({}),
  rollout: RolloutInput.prefault({}),
  monitoring: MonitoringInput.prefault({}),
});

/**
 * What a team promises about one model. Purpose, owner, risk class, problem, label, features, `num_round` and at least
 * one gate have no default.
 *
 * Defaults: XGBoost with the objective of the problem on `ml.m5.xlarge` for at most 1h, no search for hyperparameters; split by time, 15 % validation
 * and 20 % test; no segments; served by one `ml.m5.large`, threshold 0.5, no data capture, missing and stale values left missing, no
 * feature cache, nothing precomputed; 30m to come into service, approval for high risk, shadow, canary over 5, 25 and 50 % of the entities,
 * an hour's watch; evidence kept for 90 days; an hourly scan for drift and of performance, and no retraining unless declared.
 *
 * @throws DefinitionError
 */
export function model(input: z.input<typeof ModelInput>): Model {
  const what = labelOf('model', input);
  const read = readInput(what, ModelInput, input);
  const { label, source, keys } = read.label;
  const { maxRuntime, labelsFrom, tuning, ...training } = read.training;
  const hyperparameters = { objective: OBJECTIVES[read.problem][0], ...training.hyperparameters };
  const features = read.features.flatMap(referencesOf);
  const {
    onMissing,
    onStale,
    defaults,
    featureCache,
    precomputed,
    decisionThreshold: threshold,
    ...serving
  } = read.serving;
  const defined: Model = {
    kind: 'model',
    name: read.name,
    purpose: read.purpose,
    owner: read.owner,
    riskClass: read.riskClass,
    entity: read.entity.name,
    problem: read.problem,
    label: { ...label, keyColumns: keyColumnsOf(read.entity, keys) },
    features,
    segments: read.segments.map(segmentOf),
    training: {
      ...training,
      hyperparameters,
      maxRuntimeMs: maxRuntime,
      labelsFromMs: labelsFrom,
      tuning: tuning === undefined ? null : tuningOf(tuning, read.problem),
    },
    split: read.split,
    gates: read.gates,
    serving: {
      ...serving,
      missing: missingPolicyOf({ onMissing, onStale, defaults }, features),
      featureCacheMs: featureCache,
      precomputed: precomputedOf(precomputed),
      decisionThreshold: threshold ?? (threshold === undefined && read.problem === 'binary' ? 0.5 : null),
    },
    rollout: rolloutPolicyOf(read.rollout, read),
    monitoring: monitoringOf(read.monitoring, { ...read, label }),
  };
  refuse(what, [
    ...keyProblems(read.entity, source, keys).map(({ path, problem }) => ({ path: `label.${path}`, problem })),
    ...problemKindProblems(label, read.problem, source),
    ...modelProblems(defined),
  ]);
  return deepFreeze(defined);
}

/** What is wrong between the fields of a model. */
export function modelProblems(defined: Model): readonly { path: string; problem: string }[] {
  const problems: { path: string; problem: string }[] = [];
  const { split, serving, problem } = defined;
  const names = defined.features.map(({ view, feature }) => `${view}:${feature}`);
  for (const name of new Set(names.filter((name, i) => names.indexOf(name) < i))) {
    problems.push({ path: 'features', problem: `${quoteValue(name)} is there more than once; write it once` });
  }
  for (const one of hyperparameterProblems(defined.training.hyperparameters, problem)) {
    problems.push({ path: `training.hyperparameters.${one.path}`, problem: one.problem });
  }
  if (split.validationShare + split.testShare >= 1) {
    const total = `${split.validationShare} + ${split.testShare}`;
    problems.push({
      path: 'split',
      problem: `validationShare + testShare is ${total}; nothing is left to train on, so keep the sum below 1`,
    });
  }
  if (serving.maxInstances < serving.minInstances) {
    problems.push({
      path: 'serving.maxInstances',
      problem: `${serving.maxInstances} is less than minInstances (${serving.minInstances})`,
    });
  }
  if (problem === 'regression' && serving.decisionThreshold !== null) {
    problems.push({
      path: 'serving.decisionThreshold',
      problem: `${serving.decisionThreshold} does not fit a regression model; leave it out`,
    });
  }
  problems.push(
    ...precomputedTimeProblems(defined),
    ...defaultNameProblems(defined),
    ...rolloutProblems(defined),
    ...monitoringProblems(defined),
  );
  problems.push(...tuningProblems(defined), ...segmentProblems(defined), ...gateSetProblems(defined.gates));
  defined.gates.forEach((gate, i) => {
    for (const one of gateProblems(gate, defined))
      problems.push({ path: `gates.${i}.${one.path}`, problem: one.problem });
  });
  return problems;
}

function referencesOf(given: FeatureView | OnDemandFeatureView | FeatureRef | string): readonly FeatureRef[] {
  if (typeof given === 'string') {
    const [view = '', feature = ''] = given.split(':');
    return [{ view, feature }];
  }
  if ('kind' in given) return given.features.map((feature) => ({ view: given.name, feature: feature.name }));
  return [{ view: given.view, feature: given.feature }];
}
