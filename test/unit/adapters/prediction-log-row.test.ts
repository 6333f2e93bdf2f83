import { describe, expect, it } from 'vitest';
import { PREDICTION_LOG_COLUMNS } from '../../../contracts/prediction-log.ts';
import type { AskedPrediction } from '../../../core/serving/prediction-record.ts';
import { answeredRow, failedRow } from '../../../lambdas/adapters/aws/prediction-log-row.ts';

const asked: AskedPrediction = {
  predictionId: 'p1',
  model: 'churn',
  releaseId: 'a',
  arm: 'champion',
  entities: { customer_id: 7 },
  context: { price: 2 },
  requestedAt: '1970-01-01T00:00:01.000Z',
  unit: '[7]',
  latencyMs: 3.25,
};
const answer = {
  features: {
    'v:a': { value: 1, status: 'PRESENT', eventTimeMs: 5 },
    'v:b': { value: null, status: 'NOT_FOUND', eventTimeMs: null, defaultValue: 9 },
  },
  featuresReadAt: '1970-01-01T00:00:00.500Z',
  prediction: { score: 0.75, decision: true },
  answeredAt: '1970-01-01T00:00:01.020Z',
  expiresAtSeconds: 100,
} as const;
const served = { numbers: [1, null], texts: [null, null] };
const nothingBeside = {
  rollout_id: null,
  share: null,
  failed_release_id: null,
  failed_error: null,
  failed_latency_ms: null,
  shadow_release_id: null,
  shadow_score: null,
  shadow_decision: null,
  shadow_latency_ms: null,
  shadow_error: null,
  shadow_inputs: null,
  shadow_missing_inputs: null,
};

describe('a line of the prediction log', () => {
  it('tells of an answer without a rollout', () => {
    expect(answeredRow({ ...asked, ...answer }, served)).toEqual({
      ...nothingBeside,
      prediction_id: 'p1',
      model: 'churn',
      release_id: 'a',
      arm: 'champion',
      entities: '{"customer_id":7}',
      context: '{"price":2}',
      features: JSON.stringify(answer.features),
      score: 0.75,
      decision: true,
      requested_at_ms: 1_000,
      answered_at_ms: 1_020,
      features_read_at_ms: 500,
      unit: '[7]',
      latency_ms: 3.25,
      error: null,
      inputs: 2,
      missing_inputs: 1,
      input_numbers: [1, null],
      input_texts: [null, null],
      precomputed_at_ms: null,
    });
    const before = { ...answer, latencyMs: null, precomputedAt: '1970-01-01T00:00:00.750Z' };
    expect(answeredRow({ ...asked, ...before }, served)).toMatchObject({ precomputed_at_ms: 750, latency_ms: null });
  });

  it('tells of the challenger that failed and of the shadow', () => {
    const row = answeredRow(
      {
        ...asked,
        ...answer,
        rollout: { rolloutId: 'r', share: 0.05 },
        challengerFailure: { releaseId: 'c', error: 'TimeoutError', latencyMs: 5_000 },
        shadow: {
          releaseId: 's',
          prediction: { score: 0.5, decision: false },
          error: null,
          latencyMs: 8,
          inputs: 5,
          missingInputs: 2,
        },
      },
      served,
    );
    expect(row).toMatchObject({
      rollout_id: 'r',
      share: 0.05,
      failed_release_id: 'c',
      failed_error: 'TimeoutError',
      failed_latency_ms: 5_000,
      shadow_release_id: 's',
      shadow_score: 0.5,
      shadow_decision: false,
      shadow_latency_ms: 8,
      shadow_error: null,
      shadow_inputs: 5,
      shadow_missing_inputs: 2,
    });
  });

  it('tells of a request that nobody answered without features or score', () => {
    const row = failedRow({ ...asked, error: 'ModelFailedError', failedAt: '1970-01-01T00:00:01.030Z' });
    expect(row).toMatchObject({ error: 'ModelFailedError', score: null, features: null, answered_at_ms: 1_030 });
  });

  it('has exactly the columns of the table', () => {
    const columns = Object.keys(PREDICTION_LOG_COLUMNS).sort();
    expect(Object.keys(answeredRow({ ...asked, ...answer }, served)).sort()).toEqual(columns);
    expect(Object.keys(failedRow({ ...asked, error: 'x', failedAt: asked.requestedAt })).sort()).toEqual(columns);
  });
});
