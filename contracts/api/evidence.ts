import * as z from 'zod';
import { LATE } from '../../core/serving/prediction-record.ts';
import { Instant, JoinKeyValue, JsonValue } from './api-values.ts';
import { Answerer, PrecomputedAt, PredictionBody, ServedFeatures } from './predictions.ts';

const LatencyMs = z.number().nullable().describe('Milliseconds; null when the model was not asked');

const ArmFailure = z.strictObject({
  releaseId: z.string(),
  error: z.string().describe('Name of the error'),
  latencyMs: LatencyMs,
});

/** What evidence tells of other releases that the same request went to. */
const AskedBeside = {
  challengerFailure: ArmFailure.optional().describe(
    'The challenger was to answer and failed, so the champion did; absent otherwise',
  ),
  championFailure: ArmFailure.optional().describe(
    'The champion was to answer and failed while its promotion was watched, so the one before it did; absent otherwise',
  ),
  shadow: z
    .strictObject({
      releaseId: z.string(),
      prediction: PredictionBody.nullable(),
      error: z.string().nullable().describe(`Name of its error, or \`${LATE}\`; null for an answer`),
      latencyMs: LatencyMs,
      inputs: z.number().nullable(),
      missingInputs: z.number().nullable().describe('How many of its inputs had no value'),
    })
    .optional()
    .describe('What the shadow made of the same request; nobody was told. Absent when none was asked'),
};

export const EvidenceResponse = z.strictObject({
  predictionId: z.string(),
  ...Answerer,
  entities: z.record(z.string(), JoinKeyValue).nullable().describe('Null when the caller gave the features itself'),
  context: z
    .record(z.string(), JsonValue)
    .nullable()
    .describe('Request-time values by name; null when the caller gave the features itself'),
  features: ServedFeatures,
  featuresReadAt: Instant.nullable().describe(
    'When they were read: before requestedAt where a feature cache had them; null when the caller gave them',
  ),
  prediction: PredictionBody,
  precomputedAt: PrecomputedAt,
  latencyMs: LatencyMs.optional().describe('How long the model took; absent from predictions of older platforms'),
  unit: z.string().optional().describe('What arms of a rollout are drawn by'),
  rollout: z
    .strictObject({
      rolloutId: z.string(),
      share: z.number().nullable().describe('Of the units that the challenger answered; null without a challenger'),
    })
    .optional()
    .describe('The rollout that the prediction took part in; absent without one'),
  ...AskedBeside,
  requestedAt: Instant.describe('Also the request_time of on-demand features'),
  answeredAt: Instant,
  expiresAt: Instant,
  outcomes: z
    .array(z.strictObject({ value: z.union([z.number(), z.boolean()]), occurredAt: Instant }))
    .describe('In the order they were recorded; the last one counts'),
});
export type EvidenceResponse = z.infer<typeof EvidenceResponse>;
