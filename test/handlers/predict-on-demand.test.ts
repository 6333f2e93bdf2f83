import { beforeEach, describe, expect, it } from 'vitest';
import { EvidenceResponse } from '../../contracts/api/evidence.ts';
import { DAY_MS } from '../../core/clock.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import type { OnDemandFeatureView } from '../../core/definitions/on-demand-feature-view.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { packRow } from '../../core/serving/packed-row.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makeGetPrediction } from '../../lambdas/handlers/serving/get-prediction.ts';
import { makePredict } from '../../lambdas/handlers/serving/predict.ts';
import { type Answer, call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from './platform-in-memory.ts';
import { shop } from './shop-definitions.ts';

const ASKED: OnDemandFeatureView = {
  kind: 'onDemandFeatureView',
  name: 'asked',
  request: [
    { name: 'price', type: 'float64' },
    { name: 'seen_at', type: 'timestamp' },
    { name: 'unread', type: 'string' },
  ],
  features: [
    { name: 'ratio', type: 'float64', sql: 'price / last_order__amount', description: '' },
    { name: 'waited_ms', type: 'int64', sql: 'request_time - seen_at', description: '' },
    { name: 'note', type: 'string', sql: 'unread', description: '' },
  ],
  description: '',
  owner: 'team',
};

const input = (view: string, feature: string) => ({
  view,
  feature,
  type: 'float64' as const,
  categories: null,
  defaultValue: null,
});
const withOnDemand = (manifest: ReleaseManifest): ReleaseManifest => ({
  ...manifest,
  onDemandFeatureViews: [ASKED],
  inputs: [input('asked', 'ratio'), input('asked', 'waited_ms'), input('spend', 'sum_7d')],
});

let platform: PlatformInMemory;
let predict: (body: unknown) => Promise<Answer>;

beforeEach(async () => {
  platform = platformInMemory();
  const handler = makePredict(platform, silentLog);
  predict = (body) => call(handler, 'POST /v1/models/{model}/predictions', body, { path: { model: 'churn' } });
  await registerChurn(platform);
  await promote(platform, 1, withOnDemand);
});

async function bringOnline(ageMs: number) {
  const { view, entity, version } = resolveView(shop, 'last_order');
  const eventTimeMs = platform.clock.now().getTime() - ageMs;
  const values = packRow(view.features, [40, 80, 'France', true]);
  const item = { entity: entity.name, key: [7], view: view.name, version, values };
  await platform.online.write([{ ...item, eventTimeMs, knownAtMs: eventTimeMs, expiresAtMs: null }]);
}

const entities = { customer_id: 7 };
const context = { price: 10, seen_at: '2026-03-01T11:59:00+00:00' };

describe('predict with on-demand features', () => {
  it('computes them from stored values, the request and its instant, and keeps all three as evidence', async () => {
    await bringOnline(0);
    const { status, body } = await predict({ entities, context });
    expect(status).toBe(200);
    expect(body['features']).toMatchObject({
      'asked:ratio': { value: 0.25, status: 'PRESENT', eventTime: null },
      'asked:waited_ms': { value: 60_000, status: 'PRESENT', eventTime: null },
      'spend:sum_7d': { status: 'NOT_FOUND' },
    });
    expect(platform.invoker.calls[0]).toMatchObject({ rows: [[0.25, 60_000, null]] });
    const evidence = await call(makeGetPrediction(platform, silentLog), 'GET /v1/predictions/{id}', undefined, {
      path: { id: String(body['predictionId']) },
    });
    expect(EvidenceResponse.parse(evidence.body)).toMatchObject({
      entities,
      context: { price: 10, seen_at: '2026-03-01T11:59:00.000Z' },
      requestedAt: '2026-03-01T12:00:00.000Z',
    });
  });

  it('sees null where a stored value is not there, or older than its TTL', async () => {
    const ratio = async () => {
      const { body } = await predict({ entities, context });
      return (body['features'] as Record<string, unknown>)['asked:ratio'];
    };
    const nothing = { value: null, status: 'NULL_VALUE', eventTime: null };
    expect(await ratio()).toMatchObject(nothing);
    await bringOnline(30 * DAY_MS + 1);
    expect(await ratio()).toMatchObject(nothing);
    await bringOnline(0);
    expect(await ratio()).toMatchObject({ value: 0.25, status: 'PRESENT' });
  });

  it.each([
    ['nothing', undefined, 'context lacks price, seen_at (give null for a missing value); request-time values: price'],
    ['one value', { price: 1 }, 'context lacks seen_at'],
    [
      'a field that no input reads',
      { ...context, unread: 'x' },
      'context has unknown unread; request-time values: price',
    ],
    ['a text for a number', { ...context, price: '10' }, 'context.price must be a number or null, given "10"'],
    [
      'no instant',
      { ...context, seen_at: 'soon' },
      'context.seen_at must be an ISO 8601 instant or null, given "soon"',
    ],
  ])('refuses %s', async (_, given, says) => {
    const { status, body } = await predict({ entities, context: given });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { message: expect.stringContaining(says) } });
  });

  it('takes null for a value that is missing', async () => {
    await bringOnline(0);
    const { body } = await predict({ entities, context: { price: null, seen_at: null } });
    expect(platform.invoker.calls[0]).toMatchObject({ rows: [[null, null, null]] });
    expect(body['features']).toMatchObject({ 'asked:ratio': { value: null, status: 'NULL_VALUE' } });
  });

  it('takes instances with every input as before, and no context beside them', async () => {
    const instances = [{ 'asked:ratio': 0.5, 'asked:waited_ms': null, 'spend:sum_7d': 3 }];
    expect((await predict({ instances })).status).toBe(200);
    expect(platform.invoker.calls[0]).toMatchObject({ rows: [[0.5, null, 3]] });
    const refused = await predict({ instances, context });
    expect(refused.status).toBe(400);
    expect(JSON.stringify(refused.body)).toContain('context goes with entities');
  });

  it('refuses more text than its evidence can keep', async () => {
    const asText = (manifest: ReleaseManifest): ReleaseManifest => ({
      ...withOnDemand(manifest),
      inputs: [{ view: 'asked', feature: 'note', type: 'string', categories: ['x'], defaultValue: null }],
    });
    await promote(platform, 2, asText);
    expect((await predict({ entities, context: { unread: 'x' } })).status).toBe(200);
    const { status, body } = await predict({ entities, context: { unread: 'x'.repeat(140_000) } });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('context.unread, features.asked:note: 280004 bytes of text');
  });
});
