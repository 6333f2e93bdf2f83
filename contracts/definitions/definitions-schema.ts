import * as z from 'zod';
import type { Definitions } from '../../core/definitions/definitions.ts';
import { AGGREGATIONS } from '../../core/definitions/feature-view.ts';
import { METRICS } from '../../core/definitions/model.ts';
import { TUNING_OBJECTIVES } from '../../core/definitions/tuning.ts';
import { VALUE_TYPES } from '../../core/definitions/value-type.ts';
import { ColumnName, DefinedName } from './defined-name.ts';
import { MAX_REPLAY_MS, MAX_REPLAY_PER_SECOND } from './gate.ts';
import { InstanceType, MAX_TRAINING_MS } from './model.ts';
import { MonitoringSchema } from './monitoring-schema.ts';
import { MAX_IN_SERVICE_MS } from './rollout-policy.ts';

const Ms = z.int().min(0);
const Text = z.string();
const Labelled = { name: DefinedName, description: Text, owner: Text };
const Columns = z.array(Text).min(1);
/** None for a thing there is one of. */
const KeyColumns = z.array(Text);

export const EntitySchema = z.strictObject({
  kind: z.literal('entity'),
  ...Labelled,
  joinKeys: z.array(z.strictObject({ name: ColumnName, type: z.enum(['string', 'int64']) })),
});

export const SourceSchema = z.strictObject({
  kind: z.literal('source'),
  ...Labelled,
  columns: z
    .array(z.strictObject({ name: ColumnName, from: Text.min(1), type: z.enum(VALUE_TYPES), required: z.boolean() }))
    .min(1),
  eventTime: z.union([z.strictObject({ column: Text }), z.strictObject({ fixedMs: z.int() })]),
  knownAtColumn: Text.nullable(),
  lagMs: Ms,
  eventIdColumn: Text.nullable(),
  csv: z.strictObject({
    delimiter: Text.length(1),
    skipLines: z.int().min(0),
    header: z.boolean(),
    nulls: z.array(Text),
  }),
});

const ComputeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('column'), column: Text }),
  z.strictObject({ kind: z.literal('expression'), sql: Text }),
  z.strictObject({
    kind: z.literal('aggregate'),
    aggregation: z.enum(AGGREGATIONS),
    input: Text.nullable(),
    where: Text.nullable(),
    windowMs: Ms,
  }),
]);

const Share = z.number().min(0).max(1);
const OfRun = { name: DefinedName, severity: z.enum(['block', 'warn']) };
const ExpectationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('row'),
    name: DefinedName,
    condition: Text,
    severity: z.enum(['quarantine', 'block', 'warn']),
    maxShare: Share,
  }),
  z.strictObject({ kind: z.literal('null_share'), ...OfRun, feature: Text, atMost: Share }),
  z.strictObject({ kind: z.literal('unique'), ...OfRun, columns: Columns }),
  z.strictObject({ kind: z.literal('freshness'), ...OfRun, atMostMs: Ms }),
  z.strictObject({
    kind: z.literal('volume'),
    ...OfRun,
    atLeastShare: z.number().min(0),
    atMostShare: z.number().min(0),
    minRuns: z.int().min(1),
  }),
]);

export const FeatureViewSchema = z.strictObject({
  kind: z.literal('featureView'),
  ...Labelled,
  entity: Text,
  source: Text,
  keyColumns: KeyColumns,
  features: z
    .array(z.strictObject({ name: ColumnName, type: z.enum(VALUE_TYPES), compute: ComputeSchema, description: Text }))
    .min(1),
  ttlMs: Ms.nullable(),
  scheduleMs: Ms.min(60_000),
  freshnessMs: Ms.nullable(),
  stream: z.strictObject({ tileMs: Ms.min(1_000) }).nullable(),
  expectations: z.array(ExpectationSchema),
});

export const OnDemandFeatureViewSchema = z.strictObject({
  kind: z.literal('onDemandFeatureView'),
  ...Labelled,
  request: z.array(z.strictObject({ name: ColumnName, type: z.enum(VALUE_TYPES) })),
  features: z
    .array(z.strictObject({ name: ColumnName, type: z.enum(VALUE_TYPES), sql: Text, description: Text }))
    .min(1),
});

export const FeatureServiceSchema = z.strictObject({
  kind: z.literal('featureService'),
  ...Labelled,
  features: z.array(z.strictObject({ view: Text, feature: Text })).min(1),
  aliases: z.array(z.strictObject({ name: DefinedName, view: Text, joinKeys: z.array(ColumnName) })),
});

const LabelSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('observed'),
    source: Text,
    keyColumns: KeyColumns,
    value: Text,
    where: Text.nullable(),
    horizonMs: Ms,
    context: z.array(z.strictObject({ name: ColumnName, sql: Text })),
  }),
  z.strictObject({
    kind: z.literal('future'),
    source: Text,
    keyColumns: KeyColumns,
    everyMs: Ms.min(60_000),
    activeWithinMs: Ms,
    aggregation: z.enum(AGGREGATIONS),
    input: Text.nullable(),
    where: Text.nullable(),
    horizonMs: Ms,
    positiveAtLeast: z.number().nullable(),
  }),
]);

const MetricMembers = {
  metric: z.enum(METRICS),
  k: z.number().gt(0).optional(),
  alpha: z.number().gt(0).lt(1).optional(),
};
const OnSmall = z.enum(['inconclusive', 'ignore']);

const GateSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('metric'),
    ...MetricMembers,
    atLeast: z.number().nullable(),
    atMost: z.number().nullable(),
    minRows: z.int().min(1),
  }),
  z.strictObject({
    kind: z.literal('regression'),
    ...MetricMembers,
    margin: z.number().min(0),
    confidence: z.number().min(0.5).max(0.9999),
  }),
  z.strictObject({
    kind: z.literal('data_quality'),
    minTrainRows: z.int().min(1),
    maxMissingShare: z.number().min(0).max(1),
    minShareOfLast: z.number().gt(0).max(1).nullable(),
  }),
  z.strictObject({
    kind: z.literal('slice'),
    ...MetricMembers,
    by: z.array(Text),
    pairs: z.boolean(),
    atLeast: z.number().nullable(),
    atMost: z.number().nullable(),
    maxGap: z.number().min(0).nullable(),
    minRows: z.int().min(2),
    onSmall: OnSmall,
    confidence: z.number().min(0.5).max(0.9999),
  }),
  z.strictObject({
    kind: z.literal('fairness'),
    attribute: Text,
    criterion: z.enum(['demographic_parity', 'equal_opportunity', 'equalized_odds']),
    measure: z.enum(['difference', 'ratio']),
    limit: z.number().min(0).max(1),
    minGroupSize: z.int().min(2),
    onSmall: OnSmall,
    confidence: z.number().min(0.5).max(0.9999),
  }),
  z.strictObject({
    kind: z.literal('skew'),
    maxMismatchShare: z.number().min(0).max(1),
    minVectors: z.int().min(1),
    withinMs: Ms.min(60_000),
  }),
  z.strictObject({
    kind: z.literal('attribution'),
    maxShare: z.number().gt(0).max(1).nullable(),
    maxChange: z.number().gt(0).max(1).nullable(),
    confidence: z.number().min(0.5).max(0.9999),
  }),
  z.strictObject({
    kind: z.literal('cost'),
    maxPerThousandUsd: z.number().min(0),
    requestsPerSecond: z.number().gt(0),
  }),
  z.strictObject({
    kind: z.literal('latency'),
    quantile: z.number().min(0.5).max(0.999),
    atMostMs: Ms.min(1),
    requestsPerSecond: z.number().gt(0).max(MAX_REPLAY_PER_SECOND),
    forMs: Ms.min(1).max(MAX_REPLAY_MS),
    minRequests: z.int().min(1),
  }),
]);

const PositiveShare = z.number().gt(0).max(1);

const RolloutPolicySchema = z.strictObject({
  inServiceTimeoutMs: Ms.min(60_000).max(MAX_IN_SERVICE_MS),
  approval: z.strictObject({ withinMs: Ms }).nullable(),
  shadow: z
    .strictObject({
      share: PositiveShare,
      minPairs: z.int().min(1),
      withinMs: Ms,
      graceMs: z.int().min(0),
      maxDecisionFlips: Share.nullable(),
      maxScoreDifference: z.number().min(0).nullable(),
    })
    .nullable(),
  canary: z
    .strictObject({
      steps: z.array(PositiveShare.lt(1)).min(1),
      minUnits: z.int().min(1),
      bakeMs: z.int().min(0),
      withinMs: Ms,
    })
    .nullable(),
  watch: z.strictObject({ forMs: Ms, holdback: z.number().min(0).max(0.5) }).nullable(),
  judge: z.strictObject({
    everyMs: Ms,
    falseRollback: z.number().gt(0).lt(1),
    falsePromotion: z.number().gt(0).lt(1),
    errors: z.strictObject({ margin: Share, max: Share.nullable() }),
    latency: z.strictObject({ quantile: z.number().gt(0).lt(1), maxRatio: z.number().min(1) }).nullable(),
    predictions: z.strictObject({ margin: Share }).nullable(),
    missing: z.strictObject({ margin: Share }).nullable(),
    outcome: z
      .strictObject({ better: z.enum(['higher', 'lower']), margin: z.number().min(0), isRequired: z.boolean() })
      .nullable(),
  }),
  onNewer: z.enum(['supersede', 'queue']),
});

export const ModelSchema = z.strictObject({
  kind: z.literal('model'),
  name: DefinedName,
  purpose: Text,
  owner: Text,
  riskClass: z.enum(['low', 'limited', 'high']),
  entity: Text,
  problem: z.enum(['binary', 'regression']),
  label: LabelSchema,
  features: z.array(z.strictObject({ view: Text, feature: Text })).min(1),
  segments: z.array(z.strictObject({ view: Text, feature: Text, cuts: z.array(z.number()).min(1).nullable() })),
  training: z.strictObject({
    algorithm: z.literal('xgboost'),
    hyperparameters: z.record(z.string(), z.union([z.string(), z.number()])),
    instanceType: InstanceType,
    maxRuntimeMs: Ms.min(60_000).max(MAX_TRAINING_MS),
    labelsFromMs: z.int().nullable(),
    tuning: z
      .strictObject({
        strategy: z.enum(['Bayesian', 'Random']),
        jobs: z.int().min(2),
        parallel: z.int().min(1),
        objective: z.enum(TUNING_OBJECTIVES),
        ranges: z
          .array(
            z.strictObject({
              name: Text,
              min: z.number(),
              max: z.number(),
              kind: z.enum(['integer', 'continuous']),
              scaling: z.enum(['auto', 'linear', 'logarithmic']),
            }),
          )
          .min(1),
      })
      .nullable()
      .optional(),
  }),
  split: z.strictObject({
    by: z.enum(['time', 'entity']),
    validationShare: z.number().gt(0).lt(1),
    testShare: z.number().gt(0).lt(1),
  }),
  gates: z.array(GateSchema).min(1),
  serving: z.strictObject({
    instanceType: InstanceType,
    minInstances: z.int().min(1),
    maxInstances: z.int().min(1),
    targetInvocationsPerInstance: z.int().min(1),
    dataCapturePct: z.number().min(0).max(100),
    decisionThreshold: z.number().min(0).max(1).nullable(),
    missing: z.strictObject({
      onMissing: z.enum(['null', 'refuse']),
      onStale: z.enum(['as-missing', 'refuse']),
      defaults: z.array(z.strictObject({ ref: Text, value: z.union([Text, z.number(), z.boolean()]) })),
    }),
    featureCacheMs: Ms.nullable(),
    precomputed: z.strictObject({ everyMs: Ms, maxAgeMs: Ms }).nullable(),
  }),
  rollout: RolloutPolicySchema,
  monitoring: MonitoringSchema,
});

/** The serialized form: what `definitions.json` holds. */
export const DefinitionsSchema: z.ZodType<Definitions> = z.strictObject({
  entities: z.array(EntitySchema),
  sources: z.array(SourceSchema),
  featureViews: z.array(FeatureViewSchema),
  onDemandFeatureViews: z.array(OnDemandFeatureViewSchema),
  featureServices: z.array(FeatureServiceSchema),
  models: z.array(ModelSchema),
});

/** Schema by kind, for one definition. */
export const SCHEMA_BY_KIND = {
  entity: EntitySchema,
  source: SourceSchema,
  featureView: FeatureViewSchema,
  onDemandFeatureView: OnDemandFeatureViewSchema,
  featureService: FeatureServiceSchema,
  model: ModelSchema,
} as const;
