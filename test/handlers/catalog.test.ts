import { beforeEach, describe, expect, it } from 'vitest';
import { EXCHANGES } from '../../contracts/api/openapi.ts';
import { API_ROUTES, type OperationId } from '../../contracts/api/routes.ts';
import { firstBrokenRecord } from '../../core/audit/audit-record.ts';
import { HOUR_MS } from '../../core/clock.ts';
import { type Definitions, resolveView } from '../../core/definitions/definitions.ts';
import { viewTable } from '../../core/offline/table-layout.ts';
import { makeReadCatalog } from '../../lambdas/handlers/catalog/read.ts';
import { makeDescribe } from '../../lambdas/handlers/platform/describe.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from './platform-in-memory.ts';
import { shop } from './shop-definitions.ts';

let platform: PlatformInMemory;
beforeEach(() => {
  platform = platformInMemory();
});

async function read(operationId: OperationId, path = {}, query = {}): Promise<Record<string, unknown>> {
  const route = API_ROUTES.find((one) => one.operationId === operationId)!;
  const handler = makeReadCatalog(platform, silentLog);
  const { status, body } = await call(handler, `${route.method} ${route.path}`, undefined, { path, query });
  expect(status).toBe(200);
  EXCHANGES[operationId].response.parse(body);
  return body;
}

describe('the catalog', () => {
  it('tells of a view what it is and how fresh it is', async () => {
    expect(await read('getFeatureView', { view: 'last_order' })).toMatchObject({
      name: 'last_order',
      joinKeys: ['customer_id'],
      source: { name: 'orders', table: 'source_orders', rows: 0, watermark: null },
      offline: { rows: 0, materializedTo: null, onlineTo: null },
      newestServed: null,
      ageSeconds: null,
      isFresh: false,
    });
    const table = viewTable('last_order', resolveView(shop, 'last_order').version);
    await platform.tables.open(table, 'r1', HOUR_MS, 'alone');
    const newest = platform.clock.now().getTime() - HOUR_MS;
    const facts = { rows: 4, oldestEventTimeMs: newest, newestEventTimeMs: newest, materializedToMs: null, report: {} };
    await platform.tables.commit(table, 'r1', facts);
    expect((await read('getFeatureView', { view: 'last_order' }))['newestServed']).toBeNull(); // not online yet
    await platform.tables.advanceOnline(table, platform.clock.now().getTime());
    expect(await read('getFeatureView', { view: 'last_order' })).toMatchObject({
      offline: { rows: 4, newestEventTime: '2026-03-01T11:00:00.000Z', watermark: '2026-03-01T12:00:00.000Z' },
      newestServed: '2026-03-01T11:00:00.000Z',
      ageSeconds: 3_600,
      isFresh: true,
    });
    expect((await read('listFeatureViews'))['featureViews']).toHaveLength(2);
  });

  it('lists what is computed on demand, and which features are read together', async () => {
    expect((await read('listFeatureViews'))['onDemandFeatureViews']).toEqual([]);
    const definitions: Definitions = {
      ...shop,
      onDemandFeatureViews: [
        {
          kind: 'onDemandFeatureView',
          name: 'basket_share',
          request: [{ name: 'basket', type: 'float64' }],
          features: [{ name: 'ratio', type: 'float64', sql: 'spend__sum_7d / basket', description: 'of a month' }],
          description: '',
          owner: 'tests',
        },
      ],
      featureServices: [
        {
          kind: 'featureService',
          name: 'checkout',
          features: [
            { view: 'payer', feature: 'country' },
            { view: 'basket_share', feature: 'ratio' },
          ],
          aliases: [{ name: 'payer', view: 'last_order', joinKeys: ['payer_id'] }],
          description: 'at the till',
          owner: 'tests',
        },
      ],
    };
    platform = { ...platform, definitions };
    expect((await read('listFeatureViews'))['onDemandFeatureViews']).toMatchObject([
      { kind: 'onDemandFeatureView', name: 'basket_share', reads: ['spend:sum_7d'] },
    ]);
    expect((await read('listFeatureServices'))['featureServices']).toEqual([
      {
        name: 'checkout',
        features: ['payer:country', 'basket_share:ratio'],
        aliases: [{ name: 'payer', view: 'last_order', joinKeys: ['payer_id'] }],
        description: 'at the till',
        owner: 'tests',
      },
    ]);
  });

  it('tells of a model its route, newest release and rollout; and of one that is not deployed that it has none', async () => {
    expect(await read('getModel', { model: 'churn' })).toMatchObject({ route: null, newestRelease: null });
    await registerChurn(platform);
    const releaseId = await promote(platform);
    expect(await read('getModel', { model: 'churn' })).toMatchObject({
      route: { champion: { releaseId, variant: 'champion' }, epoch: 1 },
      newestRelease: { releaseId, passed: true },
      newestRollout: { rolloutId: 'rollout-1', outcome: 'promoted' },
      definition: { name: 'churn' },
    });
    expect((await read('listModels'))['models']).toMatchObject([{ name: 'churn', isDefined: true }]);
    expect(await read('getRelease', { id: releaseId })).toMatchObject({ manifest: { model: { name: 'churn' } } });
    expect(await read('getRollout', { id: 'rollout-1' })).toMatchObject({ phase: 'done' });
  });

  it('gives releases and audit records a page at a time, each once', async () => {
    await registerChurn(platform);
    for (const note of [1, 2, 3]) await promote(platform, note);
    const first = await read('listReleases', { model: 'churn' }, { limit: '2' });
    const second = await read('listReleases', { model: 'churn' }, { limit: '2', cursor: first['next'] });
    const ids = [first, second].flatMap((page) => page['releases'] as { releaseId: string }[]);
    expect(new Set(ids.map(({ releaseId }) => releaseId)).size).toBe(3);
    expect(second['next']).toBeNull();

    const records = [];
    let next: unknown = 1;
    while (next !== null) {
      const page = await read('listAudit', {}, { model: 'churn', from: String(next), limit: '4' });
      records.push(...(page['records'] as Parameters<typeof firstBrokenRecord>[0]));
      next = page['next'];
    }
    expect(records).toHaveLength(10);
    expect(firstBrokenRecord(records)).toBeNull();
  });
});

describe('the platform', () => {
  const handler = makeDescribe({ version: '1.2.3', stage: 'dev' }, silentLog);

  it('says that it is well', async () => {
    const { body, headers } = await call(handler, 'GET /health', undefined);
    expect(body).toEqual({ status: 'ok', version: '1.2.3', stage: 'dev' });
    expect(headers['x-request-id']).toBe('request-1');
  });

  it('describes every operation with schemas of what it takes and gives', async () => {
    const { body } = await call(handler, 'GET /openapi.json', undefined);
    expect(body).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
    const paths = body['paths'] as Record<string, Record<string, { operationId: string; responses: object }>>;
    const described = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(described.sort()).toEqual(API_ROUTES.map(({ operationId }) => operationId).sort());
    for (const { method, path } of API_ROUTES) {
      const operation = paths[path]?.[method.toLowerCase()];
      expect(Object.keys(operation?.responses ?? {})).toContain('default');
      expect('requestBody' in (operation ?? {})).toBe(method === 'POST');
    }
  });
});
