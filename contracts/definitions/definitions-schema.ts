import * as z from 'zod';
import type { Definitions } from '../../core/definitions/definitions.ts';
import { AGGREGATIONS } from '../../core/definitions/feature-view.ts';
import { METRICS } from '../../core/definitions/model.ts';
import { VALUE_TYPES } from '../../core/definitions/value-type.ts';
import { ColumnName, DefinedName } from './defined-name.ts';
import { InstanceType, MAX_IN_SERVICE_MS, MAX_TRAINING_MS } from './model.ts';

const Ms = z.int().min(0);
const Text = z.string();
const Labelled = { name: DefinedName, description: Text, owner: Text };
const Columns = z.array(Text).min(1);

export const EntitySchema = z.strictObject({
  kind: z.literal('entity'),
  ...Labelled,
  joinKeys: z.array(z.strictObject({ name: ColumnName, type: z.enum(['string', 'int64']) })).min(1),
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

export const FeatureViewSchema = z.strictObject({
  kind: z.literal('featureView'),
  ...Labelled,
  entity: Text,
  source: Text,
  keyColumns: Columns,
  features: z
    .array(z.strictObject({ name: ColumnName, type: z.enum(VALUE_TYPES), compute: ComputeSchema, description: Text }))
    .min(1),
  ttlMs: Ms.nullable(),
  scheduleMs: Ms.min(60_000),
  freshnessMs: Ms.nullable(),
});

const LabelSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('observed'),
    source: Text,
    keyColumns: Columns,
    value: Text,
    where: Text.nullable(),
    horizonMs: Ms,
  }),
  z.strictObject({
    kind: z.literal('future'),
    source: Text,
    keyColumns: Columns,
    everyMs: Ms.min(60_000),
    activeWithinMs: Ms,
    aggregation: z.enum(AGGREGATIONS),
    input: Text.nullable(),
    where: Text.nullable(),
    horizonMs: Ms,
    positiveAtLeast: z.number().nullable(),
  }),
]);

const GateSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('metric'),
    metric: z.enum(METRICS),
    atLeast: z.number().nullable(),
    atMost: z.number().nullable(),
    minRows: z.int().min(1),
  }),
  z.strictObject({
    kind: z.literal('regression'),
    metric: z.enum(METRICS),
    margin: z.number().min(0),
    confidence: z.number().min(0.5).max(0.9999),
  }),
  z.strictObject({
    kind: z.literal('data_quality'),
    minTrainRows: z.int().min(1),
    maxMissingShare: z.number().min(0).max(1),
  }),
]);

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
  training: z.strictObject({
    algorithm: z.literal('xgboost'),
    hyperparameters: z.record(z.string(), z.union([z.string(), z.number()])),
    instanceType: InstanceType,
    maxRuntimeMs: Ms.min(60_000).max(MAX_TRAINING_MS),
    labelsFromMs: z.int().nullable(),
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
  }),
  rollout: z.strictObject({ inServiceTimeoutMs: Ms.min(60_000).max(MAX_IN_SERVICE_MS) }),
  monitoring: z.strictObject({ evidenceRetentionDays: z.int().min(1) }),
});

/** The serialized form: what `definitions.json` holds. */
export const DefinitionsSchema: z.ZodType<Definitions> = z.strictObject({
  entities: z.array(EntitySchema),
  sources: z.array(SourceSchema),
  featureViews: z.array(FeatureViewSchema),
  models: z.array(ModelSchema),
});

/** Schema by kind, for one definition. */
export const SCHEMA_BY_KIND = {
  entity: EntitySchema,
  source: SourceSchema,
  featureView: FeatureViewSchema,
  model: ModelSchema,
} as const;
