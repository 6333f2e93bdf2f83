import { beforeEach, describe, expect, it } from 'vitest';
import { PredictResponse } from '../../contracts/api/predictions.ts';
import { DAY_MS } from '../../core/clock.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import { packRow } from '../../core/serving/packed-row.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makePredict } from '../../lambdas/handlers/serving/predict.ts';
import { type Answer, call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from './platform-in-memory.ts';
import { shop } from './shop-definitions.ts';

const ROUTE = 'POST /v1/models/{model}/predictions';
let platform: PlatformInMemory;
let predict: (body: unknown, model?: string) => Promise<Answer>;

beforeEach(() => {
  platform = platformInMemory();
  const handler = makePredict(platform, silentLog);
  predict = (body, model = 'churn') => call(handler, ROUTE, body, { path: { model } });
});

async function bringOnline(ageMs = 0, values: (string | number | boolean | null)[] = [40, 80, 'France', true]) {
  const { view, entity, version } = resolveView(shop, 'last_order');
  const eventTimeMs = platform.clock.now().getTime() - ageMs;
  const item = { entity: entity.name, key: [7], view: view.name, version, values: packRow(view.features, values) };
  await platform.online.write([{ ...item, eventTimeMs, knownAtMs: eventTimeMs, expiresAtMs: null }]);
}

describe('predict', () => {
  it('answers with score, decision, release, arm and the status of every feature', async () => {
    await registerChurn(platform);
    const releaseId = await promote(platform);
    await bringOnline();
    const { status, body } = await predict({ entities: { customer_id: 7 } });
    expect(status).toBe(200);
    expect(PredictResponse.parse(body)).toEqual({
      predictionId: '00000000-0000-7000-8000-000000000001',
      model: 'churn',
      releaseId,
      arm: 'champion',
      prediction: { score: 0.4, decision: false },
      features: {
        'last_order:amount': { value: 40, status: 'PRESENT', eventTime: '2026-03-01T12:00:00.000Z' },
        'last_order:country': { value: 'France', status: 'PRESENT', eventTime: '2026-03-01T12:00:00.000Z' },
        'last_order:gift': { value: true, status: 'PRESENT', eventTime: '2026-03-01T12:00:00.000Z' },
        'spend:sum_7d': { value: null, status: 'NOT_FOUND', eventTime: null },
      },
    });
    expect(platform.invoker.calls[0]).toMatchObject({
      endpointName: 'headgate-dev-churn',
      variant: 'champion',
      rows: [[40, 1, 1, null]],
    });
  });

  it('keeps the evidence before it answers', async () => {
    await registerChurn(platform);
    await promote(platform);
    await bringOnline();
    const { body } = await predict({ entities: { customer_id: 7 } });
    const record = await platform.ledger.evidence(String(body['predictionId']));
    expect(record).toMatchObject({ entities: { customer_id: 7 }, prediction: { score: 0.4 } });
    expect(record.expiresAtSeconds * 1000).toBe(platform.clock.now().getTime() + 30 * DAY_MS);
  });

  it('does not answer when the evidence cannot be kept', async () => {
    await registerChurn(platform);
    await promote(platform);
    const record = async () => Promise.reject(new Error('no room'));
    const handler = makePredict({ ...platform, ledger: { ...platform.ledger, record } }, silentLog);
    const { status, body } = await call(handler, ROUTE, { entities: { customer_id: 7 } }, { path: { model: 'churn' } });
    expect(status).toBe(500);
    expect(JSON.stringify(body)).not.toContain('no room');
  });

  it('treats a value at its age limit as present, and one a millisecond older as missing with its status', async () => {
    await registerChurn(platform);
    await promote(platform);
    await bringOnline(30 * DAY_MS);
    const status = async () => {
      const { body } = await predict({ entities: { customer_id: 7 } });
      return (body['features'] as Record<string, { status: string }>)['last_order:amount']?.status;
    };
    expect(await status()).toBe('PRESENT');
    platform.clock.advance(1);
    expect(await status()).toBe('OUTSIDE_MAX_AGE');
    expect(platform.invoker.calls[1]?.rows).toEqual([[null, null, null, null]]);
  });

  it('makes a category that training did not know missing for the model, and says what it was', async () => {
    await registerChurn(platform);
    await promote(platform);
    await bringOnline(0, [40, 80, 'Narnia', null]);
    const { body } = await predict({ entities: { customer_id: 7 } });
    expect(body['features']).toMatchObject({
      'last_order:country': { value: 'Narnia', status: 'PRESENT' },
      'last_order:gift': { value: null, status: 'NULL_VALUE' },
    });
    expect(platform.invoker.calls[0]?.rows).toEqual([[40, null, null, null]]);
  });

  it('reads the store once when warm, and the manifest never again', async () => {
    await registerChurn(platform);
    await promote(platform);
    await predict({ entities: { customer_id: 7 } });
    const [reads, manifests] = [platform.online.readCount(), platform.releases.readCount()];
    await predict({ entities: { customer_id: 7 } });
    expect(platform.online.readCount()).toBe(reads + 1);
    expect(platform.releases.readCount()).toBe(manifests);
  });

  it('follows a flipped route with the next request', async () => {
    await registerChurn(platform);
    const first = await promote(platform, 1);
    expect((await predict({ entities: { customer_id: 7 } })).body['releaseId']).toBe(first);
    const second = await promote(platform, 2);
    expect((await predict({ entities: { customer_id: 7 } })).body['releaseId']).toBe(second);
  });

  it('gives up with a retryable error when the route keeps moving', async () => {
    await registerChurn(platform);
    await promote(platform, 1);
    let note = 1;
    const online = {
      ...platform.online,
      read: async (...args: Parameters<typeof platform.online.read>) => {
        const answer = await platform.online.read(...args);
        await promote(platform, ++note);
        return answer;
      },
    };
    const handler = makePredict({ ...platform, online }, silentLog);
    const { status, headers } = await call(
      handler,
      ROUTE,
      { entities: { customer_id: 7 } },
      { path: { model: 'churn' } },
    );
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('1');
  });

  it('scores rows that the caller gives, each with an id of its own', async () => {
    await registerChurn(platform);
    await promote(platform);
    const row = { 'last_order:amount': 60, 'last_order:country': null, 'last_order:gift': false, 'spend:sum_7d': 1.5 };
    const { body } = await predict({ instances: [row, { ...row, 'last_order:amount': null }] });
    expect(body['predictions']).toEqual([
      { predictionId: '00000000-0000-7000-8000-000000000001', prediction: { score: 0.6, decision: true } },
      { predictionId: '00000000-0000-7000-8000-000000000002', prediction: { score: 0, decision: false } },
    ]);
    expect(platform.ledger.records.size).toBe(2);
    expect((await platform.ledger.evidence('00000000-0000-7000-8000-000000000001')).entities).toBeNull();
  });

  it('refuses with 409 and the way out before the first promotion', async () => {
    await registerChurn(platform);
    const { status, body } = await predict({ entities: { customer_id: 7 } });
    expect(status).toBe(409);
    expect(body['error']).toMatchObject({ name: 'NotPromotedError', kind: 'conflict' });
    expect(JSON.stringify(body)).toContain('/v1/models/churn/trainings');
  });

  it('names the models there are when one is unknown', async () => {
    await registerChurn(platform);
    const { status, body } = await predict({ entities: { customer_id: 7 } }, 'nobody');
    expect(status).toBe(404);
    expect(JSON.stringify(body)).toContain('known: churn');
  });
});
