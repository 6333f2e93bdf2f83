import { beforeEach, describe, expect, it } from 'vitest';
import { GetOnlineFeaturesResponse } from '../../contracts/api/feast.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import { packRow } from '../../core/serving/packed-row.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makeGetOnlineFeatures } from '../../lambdas/handlers/serving/get-online-features.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory } from './platform-in-memory.ts';
import { shop } from './shop-definitions.ts';

let platform: PlatformInMemory;
let ask: (body: object) => Promise<GetOnlineFeaturesResponse>;

beforeEach(async () => {
  platform = platformInMemory();
  const handler = makeGetOnlineFeatures(platform, silentLog);
  ask = async (body) => {
    const { status, body: answer } = await call(handler, 'POST /get-online-features', body);
    expect(status).toBe(200);
    return GetOnlineFeaturesResponse.parse(answer);
  };
  const item = (view: string, key: number, values: (string | number | boolean | null)[], eventTimeMs: number) => {
    const resolved = resolveView(shop, view);
    const packed = packRow(resolved.view.features, values);
    const at = { entity: 'customer', key: [key], view, version: resolved.version };
    return { ...at, values: packed, eventTimeMs, knownAtMs: eventTimeMs, expiresAtMs: null };
  };
  await platform.online.write([
    item('last_order', 1, [5, null, 'France', true], Date.parse('2026-02-28T00:00:00Z')),
    item('last_order', 2, [6, 12, 'Spain', false], Date.parse('2025-01-01T00:00:00Z')),
    item('spend', 2, [99.5], Date.parse('2026-03-01T00:00:00Z')),
  ]);
});

describe('online features in the shapes of Feast', () => {
  it('answer one entry per feature, join keys first, one place per entity', async () => {
    const answer = await ask({
      features: ['last_order:amount', 'spend:sum_7d', 'last_order:total'],
      entities: { customer_id: [1, 2, 3] },
    });
    expect(answer.metadata).toEqual({ feature_names: ['customer_id', 'amount', 'sum_7d', 'total'] });
    expect(answer.results).toEqual([
      {
        values: [1, 2, 3],
        statuses: ['PRESENT', 'PRESENT', 'PRESENT'],
        event_timestamps: Array(3).fill('1970-01-01T00:00:00Z'),
      },
      {
        values: [5, null, null],
        statuses: ['PRESENT', 'OUTSIDE_MAX_AGE', 'NOT_FOUND'],
        event_timestamps: ['2026-02-28T00:00:00.000Z', '2025-01-01T00:00:00.000Z', '1970-01-01T00:00:00Z'],
      },
      {
        values: [null, 99.5, null],
        statuses: ['NOT_FOUND', 'PRESENT', 'NOT_FOUND'],
        event_timestamps: ['1970-01-01T00:00:00Z', '2026-03-01T00:00:00.000Z', '1970-01-01T00:00:00Z'],
      },
      expect.objectContaining({ values: [null, null, null], statuses: ['NULL_VALUE', 'OUTSIDE_MAX_AGE', 'NOT_FOUND'] }),
    ]);
  });

  it('take a model as the feature service, full names, and tell the versions', async () => {
    const answer = await ask({
      feature_service: 'churn',
      entities: { customer_id: [1] },
      full_feature_names: true,
      include_feature_view_version_metadata: true,
    });
    expect(answer.metadata.feature_names).toEqual([
      'customer_id',
      'last_order__amount',
      'last_order__country',
      'last_order__gift',
      'spend__sum_7d',
    ]);
    expect(answer.metadata.feature_view_metadata).toEqual([
      { name: 'last_order', version: resolveView(shop, 'last_order').version },
      { name: 'spend', version: resolveView(shop, 'spend').version },
    ]);
  });

  it('are read from the store in one go', async () => {
    await ask({ feature_service: 'churn', entities: { customer_id: [1, 2, 3] } });
    expect(platform.online.readCount()).toBe(1);
  });
});
