import * as z from 'zod';
import { ANSWERING_ARMS, FEATURE_STATUSES } from '../../core/serving/prediction-record.ts';
import { Instant, JoinKeyValue, JsonValue } from './api-values.ts';

const MAX_INSTANCES = 100;

/** Exactly one of `entities` and `instances`. */
export const PredictRequest = z
  .strictObject({
    entities: z
      .record(z.string(), JoinKeyValue)
      .optional()
      .describe(
        'Value of each join key of the model’s feature views, `{}` when they have none; features come from the online store',
      ),
    instances: z
      .array(z.record(z.string(), JsonValue))
      .min(1)
      .max(MAX_INSTANCES)
      .optional()
      .describe('Rows of features by `view:feature`, given by the caller; every input, null when missing'),
    context: z
      .record(z.string(), JsonValue)
      .optional()
      .describe(
        'Request-time values by name, with entities: exactly those that the model’s on-demand features read, each of ' +
          'its declared type (timestamps as ISO 8601), null when missing. Left out for a model that reads none',
      ),
    explain: z.boolean().optional().describe('Not supported yet: true is refused'),
  })
  .refine((body) => (body.entities === undefined) !== (body.instances === undefined), {
    error: 'give exactly one of "entities" and "instances"',
  });
export type PredictRequest = z.infer<typeof PredictRequest>;

export const PredictionBody = z.strictObject({
  score: z.number().describe('Probability of the positive class, or the estimate of a regression'),
  decision: z.boolean().nullable().describe('Whether the score reaches the decision threshold; null without one'),
});

export const ServedFeature = z.strictObject({
  value: JsonValue,
  status: z.enum(FEATURE_STATUSES),
  eventTime: Instant.nullable().describe(
    'When the value became true; null when nothing was found and for on-demand features',
  ),
  defaultValue: JsonValue.optional().describe('What the model saw in the place of a value that is missing'),
});

export const ServedFeatures = z.record(z.string(), ServedFeature).describe('The model’s inputs by `view:feature`');

export const Answerer = {
  model: z.string(),
  releaseId: z.string(),
  arm: z.enum(ANSWERING_ARMS).describe('Role of the release that answered'),
};

export const PrecomputedAt = Instant.optional().describe(
  'The instant that the answer was computed for by a batch prediction, of the same release and the same feature values; absent when the model was asked',
);

export const PredictResponse = z.union([
  z.strictObject({
    predictionId: z.string(),
    ...Answerer,
    prediction: PredictionBody,
    precomputedAt: PrecomputedAt,
    features: ServedFeatures,
  }),
  z.strictObject({
    ...Answerer,
    predictions: z.array(z.strictObject({ predictionId: z.string(), prediction: PredictionBody })),
  }),
]);
export type PredictResponse = z.infer<typeof PredictResponse>;
