import { beforeEach, describe, expect, it } from 'vitest';
import { GetOnlineFeaturesResponse } from '../../contracts/api/feast.ts';
import type { Definitions, ResolvedView } from '../../core/definitions/definitions.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import { packRow } from '../../core/serving/packed-row.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makeGetOnlineFeatures } from '../../lambdas/handlers/serving/get-online-features.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory } from './platform-in-memory.ts';
import { shop } from './shop-definitions.ts';

const about = { description: '', owner: 'shop' };
const EPOCH = '1970-01-01T00:00:00Z';
const last = resolveView(shop, 'last_order');
const spend = resolveView(shop, 'spend');
const older: ResolvedView = { ...spend, version: '0123456789ab' };
const today = resolveView(
  {
    ...shop,
    entities: [...shop.entities, { kind: 'entity', name: 'everyone', joinKeys: [], ...about }],
    featureViews: [{ ...last.view, name: 'today', entity: 'everyone', keyColumns: [], ttlMs: null }],
  },
  'today',
);

const definitions: Definitions = {
  ...shop,
  entities: [...shop.entities, today.entity],
  featureViews: [...shop.featureViews, today.view],
  onDemandFeatureViews: [
    {
      kind: 'onDemandFeatureView',
      name: 'basket',
      request: [{ name: 'amount', type: 'float64' }],
      features: [{ name: 'of_spend', type: 'float64', sql: 'amount / spend__sum_7d', description: '' }],
      ...about,
    },
  ],
  featureServices: [
    {
      kind: 'featureService',
      name: 'gift_pair',
      features: [
        { view: 'giver', feature: 'amount' },
        { view: 'taker', feature: 'amount' },
        { view: 'basket', feature: 'of_spend' },
      ],
      aliases: [
        { name: 'giver', view: 'last_order', joinKeys: ['giver_id'] },
        { name: 'taker', view: 'last_order', joinKeys: ['taker_id'] },
      ],
      ...about,
    },
  ],
};

let platform: PlatformInMemory;
let ask: (body: object) => Promise<GetOnlineFeaturesResponse>;
let textOf: (body: object) => Promise<string>;

beforeEach(async () => {
  platform = platformInMemory();
  const live = [...definitions.featureViews.map(({ name }) => resolveView(definitions, name)), older];
  const versions = {
    live: async () => live.map((resolved) => ({ resolved, isCurrent: resolved !== older, neededBy: [] })),
  };
  const handler = makeGetOnlineFeatures({ ...platform, definitions, versions }, silentLog);
  ask = async (body) => {
    const { status, body: answer } = await call(handler, 'POST /get-online-features', body);
    expect(status, JSON.stringify(answer)).toBe(200);
    return GetOnlineFeaturesResponse.parse(answer);
  };
  textOf = async (body) => (await call(handler, 'POST /get-online-features', body)).text;
  const item = (of: ResolvedView, key: number[], values: (string | number | boolean | null)[], at: string) => {
    const eventTimeMs = Date.parse(at);
    const packed = packRow(of.view.features, values);
    const where = { entity: of.entity.name, key, view: of.view.name, version: of.version };
    return { ...where, values: packed, eventTimeMs, knownAtMs: eventTimeMs, expiresAtMs: null };
  };
  await platform.online.write([
    item(last, [1], [5, null, 'France', true], '2026-02-28T00:00:00Z'),
    item(last, [2], [6, 12, 'Spain', false], '2025-01-01T00:00:00Z'),
    item(spend, [2], [99.5], '2026-03-01T00:00:00.250Z'),
    item(older, [2], [-0], '2026-03-01T00:00:00Z'),
    item(today, [], [1e21, 0.1, 'all', true], '2026-03-01T00:00:00Z'),
  ]);
});

const valuesOf = (answer: GetOnlineFeaturesResponse) =>
  Object.fromEntries(answer.metadata.feature_names.map((name, i) => [name, answer.results[i]?.values]));
const statusesOf = (answer: GetOnlineFeaturesResponse) =>
  Object.fromEntries(answer.metadata.feature_names.map((name, i) => [name, answer.results[i]?.statuses]));

describe('online features in the shapes of Feast', () => {
  it('answer one entry per feature, join keys first, one place per entity', async () => {
    const answer = await ask({
      features: ['last_order:amount', 'spend:sum_7d', 'last_order:total'],
      entities: { customer_id: [1, 2, 3] },
    });
    expect(answer.metadata).toEqual({ feature_names: ['customer_id', 'amount', 'sum_7d', 'total'] });
    expect(answer.results).toEqual([
      { values: [1, 2, 3], statuses: ['PRESENT', 'PRESENT', 'PRESENT'], event_timestamps: [EPOCH, EPOCH, EPOCH] },
      {
        values: [5, null, null],
        statuses: ['PRESENT', 'OUTSIDE_MAX_AGE', 'NOT_FOUND'],
        event_timestamps: ['2026-02-28T00:00:00Z', '2025-01-01T00:00:00Z', EPOCH],
      },
      {
        values: [null, 99.5, null],
        statuses: ['NOT_FOUND', 'PRESENT', 'NOT_FOUND'],
        event_timestamps: [EPOCH, '2026-03-01T00:00:00.250Z', EPOCH],
      },
      expect.objectContaining({ values: [null, null, null], statuses: ['NULL_VALUE', 'OUTSIDE_MAX_AGE', 'NOT_FOUND'] }),
    ]);
  });

  it("are spelled as Feast's server spells them: results first, floats with a point", async () => {
    const text = await textOf({ features: ['last_order:amount'], entities: { customer_id: [1] } });
    expect(text).toBe(
      '{"results":[{"values":[1],"statuses":["PRESENT"],"event_timestamps":["1970-01-01T00:00:00Z"]},' +
        '{"values":[5.0],"statuses":["PRESENT"],"event_timestamps":["2026-02-28T00:00:00Z"]}],' +
        '"metadata":{"feature_names":["customer_id","amount"]}}',
    );
    expect(await textOf({ features: ['today:amount', 'today:total'], entities: {} })).toContain('[1e+21]');
    expect(await textOf({ features: ['spend@0123456789ab:sum_7d'], entities: { customer_id: [2] } })).toContain(
      '[-0.0]',
    );
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
      { name: 'last_order', digest: last.version, version: Number.parseInt(last.version.slice(0, 7), 16) },
      { name: 'spend', digest: spend.version, version: Number.parseInt(spend.version.slice(0, 7), 16) },
    ]);
  });

  it('are read under the names and keys of aliases, with on-demand features from request-time values', async () => {
    const answer = await ask({
      feature_service: 'gift_pair',
      entities: { giver_id: [1, 2], amount: [10, null], taker_id: [2, 1], customer_id: [2, 2] },
      full_feature_names: true,
    });
    expect(valuesOf(answer)).toEqual({
      giver_id: [1, 2],
      taker_id: [2, 1],
      customer_id: [2, 2],
      giver__amount: [5, null],
      taker__amount: [null, 5],
      basket__of_spend: [10 / 99.5, null],
    });
    expect(statusesOf(answer)).toMatchObject({ basket__of_spend: ['PRESENT', 'NULL_VALUE'] });
  });

  it('are read in a version that is kept beside the current one, next to it', async () => {
    const features = ['spend:sum_7d', `spend@${older.version}:sum_7d`, 'spend@latest:sum_7d'];
    const answer = await ask({
      features: features.slice(0, 2),
      entities: { customer_id: [2] },
      full_feature_names: true,
      include_feature_view_version_metadata: true,
    });
    expect(valuesOf(answer)).toEqual({
      customer_id: [2],
      spend__sum_7d: [99.5],
      [`spend@${older.version}__sum_7d`]: [-0],
    });
    expect(answer.metadata.feature_view_metadata?.map(({ digest }) => digest)).toEqual([spend.version, older.version]);
    expect(valuesOf(await ask({ features: features.slice(2), entities: { customer_id: [2] } }))).toEqual({
      customer_id: [2],
      sum_7d: [99.5],
    });
  });

  it('of views without join keys need no list', async () => {
    expect(valuesOf(await ask({ features: ['today:country'], entities: {} }))).toEqual({ country: ['all'] });
    const beside = await ask({ features: ['today:country', 'last_order:gift'], entities: { customer_id: [1, 3] } });
    expect(valuesOf(beside)).toEqual({ customer_id: [1, 3], country: ['all', 'all'], gift: [true, null] });
  });

  it('of a null join key are not found, and its place is kept', async () => {
    const answer = await ask({ features: ['last_order:country'], entities: { customer_id: [null, 1, null] } });
    expect(valuesOf(answer)).toEqual({ customer_id: [null, 1, null], country: [null, 'France', null] });
    expect(statusesOf(answer)).toEqual({
      customer_id: ['NULL_VALUE', 'PRESENT', 'NULL_VALUE'],
      country: ['NOT_FOUND', 'PRESENT', 'NOT_FOUND'],
    });
  });

  it('ignore lists that nothing needs, and the order of places is that of the request', async () => {
    const entities = { customer_id: [2, 1, 2, 3], label: [0, 1, 0, 1] };
    expect(valuesOf(await ask({ features: ['spend:sum_7d', 'last_order:gift'], entities }))).toEqual({
      customer_id: [2, 1, 2, 3],
      sum_7d: [99.5, null, 99.5, null],
      gift: [null, true, null, null],
    });
  });

  it('are read from the store in one go, each entity once', async () => {
    await ask({ feature_service: 'churn', entities: { customer_id: [1, 2, 1, 3, 2, 1] } });
    expect(platform.online.readCount()).toBe(1);
    expect(platform.online.keysRead()).toBe(6);
  });
});
