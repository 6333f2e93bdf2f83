import { beforeEach, describe, expect, it } from 'vitest';
import { EvidenceResponse } from '../../contracts/api/evidence.ts';
import { RecordOutcomesResponse } from '../../contracts/api/outcomes.ts';
import { uuidV7Ids } from '../../lambdas/adapters/system/uuid-v7-ids.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makeGetPrediction } from '../../lambdas/handlers/serving/get-prediction.ts';
import { makePredict } from '../../lambdas/handlers/serving/predict.ts';
import { makeRecordOutcomes } from '../../lambdas/handlers/serving/record-outcomes.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from './platform-in-memory.ts';

const UNKNOWN = '01890a5d-ac96-774b-bcce-b302099a8057';
let platform: PlatformInMemory;
let predictionId: string;

beforeEach(async () => {
  platform = platformInMemory();
  await registerChurn(platform);
  await promote(platform);
  const handler = makePredict({ ...platform, ids: uuidV7Ids(platform.clock) }, silentLog);
  const path = { model: 'churn' };
  const ask = { entities: { customer_id: 7 } };
  const { body } = await call(handler, 'POST /v1/models/{model}/predictions', ask, { path });
  predictionId = String(body['predictionId']);
});

describe('evidence and outcomes', () => {
  it('tell what was asked, seen, answered, and what came true', async () => {
    const outcomes = [
      { predictionId, value: false, occurredAt: '2026-02-28T00:00:00Z' },
      { predictionId, value: false, occurredAt: '2026-02-28T00:00:00Z' },
      { predictionId, value: true, occurredAt: '2026-03-01T00:00:00+01:00' },
      { predictionId: UNKNOWN, value: true, occurredAt: '2026-03-01T00:00:00Z' },
    ];
    const record = makeRecordOutcomes(platform, silentLog);
    const route = 'POST /v1/models/{model}/outcomes';
    const answer = await call(record, route, { outcomes }, { path: { model: 'churn' } });
    const { receipts, counts } = RecordOutcomesResponse.parse(answer.body);
    expect(receipts.map(({ status }) => status)).toEqual(['recorded', 'duplicate', 'corrected', 'unknown-prediction']);
    expect(counts).toEqual({ recorded: 1, duplicate: 1, corrected: 1, 'unknown-prediction': 1 });

    const get = makeGetPrediction(platform, silentLog);
    const { body } = await call(get, 'GET /v1/predictions/{id}', undefined, { path: { id: predictionId } });
    expect(EvidenceResponse.parse(body)).toMatchObject({
      predictionId,
      model: 'churn',
      arm: 'champion',
      entities: { customer_id: 7 },
      features: { 'last_order:amount': { value: null, status: 'NOT_FOUND', eventTime: null } },
      prediction: { score: 0, decision: false },
      requestedAt: '2026-03-01T12:00:00.000Z',
      expiresAt: '2026-03-31T12:00:00.000Z',
      outcomes: [
        { value: false, occurredAt: '2026-02-28T00:00:00Z' },
        { value: true, occurredAt: '2026-03-01T00:00:00+01:00' },
      ],
    });
  });
});
