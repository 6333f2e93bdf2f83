import { beforeEach, describe, expect, it } from 'vitest';
import { GetOnlineFeaturesResponse } from '../../contracts/api/feast.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import { packRow } from '../../core/serving/packed-row.ts';
import { dynamoOnlineStore } from '../../lambdas/adapters/aws/dynamo-online-store.ts';
import { routeItemKey } from '../../lambdas/adapters/aws/registry-items.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makeGetOnlineFeatures } from '../../lambdas/handlers/serving/get-online-features.ts';
import { makePredict } from '../../lambdas/handlers/serving/predict.ts';
import { call } from '../handlers/http-event.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from '../handlers/platform-in-memory.ts';
import { shop } from '../handlers/shop-definitions.ts';
import { awsError, type FakeDynamo, type FakeDynamoFaults, fakeDynamo } from './fake-dynamo.ts';

const last = resolveView(shop, 'last_order');
const UNANSWERED = { dimensions: {}, dimensionSets: [[]], unit: 'Count' };

let platform: PlatformInMemory;
let dynamo: FakeDynamo;
beforeEach(() => {
  platform = platformInMemory();
});

function itemOf(id: number) {
  const atMs = Date.parse('2026-03-01T11:00:00Z');
  const values = packRow(last.view.features, [id, null, 'France', true]);
  const key = { entity: 'customer', key: [id], view: last.view.name, version: last.version };
  return { ...key, values, eventTimeMs: atMs, knownAtMs: atMs, expiresAtMs: null };
}

/** The platform over the DynamoDB adapter and a DynamoDB that misbehaves as told. */
async function over(faults: FakeDynamoFaults, customers: readonly number[] = []) {
  dynamo = fakeDynamo(faults);
  const { clock, metrics } = platform;
  const tables = { onlineTable: 'online', registryTable: 'registry' };
  const online = dynamoOnlineStore({ dynamo: dynamo.client, ...tables, clock, metrics, random: () => 0 });
  await online.write(customers.map(itemOf));
  const features = makeGetOnlineFeatures({ ...platform, online }, silentLog);
  const predict = makePredict({ ...platform, online }, silentLog);
  return {
    online,
    features: (ids: readonly number[]) =>
      call(features, 'POST /get-online-features', {
        features: ['last_order:amount'],
        entities: { customer_id: ids },
      }),
    async predict(id: number) {
      await registerChurn(platform);
      await promote(platform);
      const route = JSON.stringify(platform.registry.routeOf('churn'));
      dynamo.put('registry', { ...routeItemKey('churn'), route: { S: route } });
      const path = { model: 'churn' };
      return call(predict, 'POST /v1/models/{model}/predictions', { entities: { customer_id: id } }, { path });
    },
  };
}

/** Amounts in the order of the answer. */
function amounts(body: unknown): readonly unknown[] {
  const { metadata, results } = GetOnlineFeaturesResponse.parse(body);
  return results[metadata.feature_names.indexOf('amount')]?.values ?? [];
}

describe('fault 33: keys that DynamoDB left over', () => {
  it('are asked again until each is answered: online features', async () => {
    const { features } = await over({ answers: (keys) => Math.ceil(keys / 2) }, [1, 2, 3, 4, 5]);
    const { status, body } = await features([5, 1, 9, 3, 2, 4]);
    expect([status, amounts(body)]).toEqual([200, [5, 1, null, 3, 2, 4]]);
    expect(dynamo.reads.map(({ RequestItems }) => RequestItems?.['online']?.Keys?.length)).toEqual([6, 3, 1]);
    expect(platform.metrics.records).toEqual([]);
  });

  it('are asked again until each is answered: a prediction, its route included', async () => {
    const { predict } = await over({ answers: (keys, read) => (read % 2 === 1 ? 0 : keys) }, [7]);
    const { status, body } = await predict(7);
    expect([status, body['prediction']]).toEqual([200, { score: 0.07, decision: false }]);
    expect(body['features']).toMatchObject({ 'last_order:amount': { value: 7, status: 'PRESENT' } });
  });
});

describe('fault 34: keys that DynamoDB keeps leaving over', () => {
  const never: FakeDynamoFaults = {
    answers: (keys) => {
      platform.clock.advance(700);
      return keys - 1;
    },
  };

  it('make online features fail, 503, with a number for alarms, and no null in their place', async () => {
    const { features } = await over(never, [1]);
    const { status, body } = await features([1]);
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: { name: 'UnavailableError', kind: 'unavailable' } });
    expect(dynamo.reads.length).toBeLessThan(8);
    expect(platform.metrics.records).toEqual([{ ...UNANSWERED, values: { UnansweredOnlineKeys: 1 } }]);
  });

  it('make a prediction fail, 503, before the model is asked and without evidence', async () => {
    const { predict } = await over({ answers: (keys, read) => (read === 1 ? keys : never.answers!(keys, read)) }, [7]);
    expect(await predict(7)).toMatchObject({ status: 503, body: { error: { name: 'UnavailableError' } } });
    expect(platform.invoker.calls).toEqual([]);
    expect(platform.metrics.records.filter(({ values }) => 'UnansweredOnlineKeys' in values)).toHaveLength(1);
    expect(platform.ledger.records.size).toBe(0);
  });
});

describe('fault 35: entities asked for several times', () => {
  it('are read once and answered at each of their places', async () => {
    const { features } = await over({}, [1, 2]);
    const { body } = await features([2, 1, 2, 2, 1]);
    expect(amounts(body)).toEqual([2, 1, 2, 2, 1]);
    expect(dynamo.reads.map(({ RequestItems }) => RequestItems?.['online']?.Keys?.length)).toEqual([2]);
  });
});

describe('fault 36: more keys than a request of DynamoDB carries', () => {
  const ids = Array.from({ length: 250 }, (_, i) => (i * 97) % 250);

  it('are read in parts of 100 and answered in the order asked', async () => {
    const { features } = await over({}, ids);
    expect(amounts((await features(ids)).body)).toEqual(ids);
    expect(dynamo.reads.map(({ RequestItems }) => RequestItems?.['online']?.Keys?.length)).toEqual([100, 100, 50]);
  });

  it('also when each part answers as much as 16 MB hold and leaves the rest over', async () => {
    const { features } = await over({ answers: (keys) => Math.min(keys, 41) }, ids);
    expect(amounts((await features(ids)).body)).toEqual(ids);
    expect(dynamo.reads.length).toBe(8); // 41, 41, 18 of two parts; 41, 9 of one
  });
});

describe('fault 37: writes that DynamoDB did not take', () => {
  const items = Array.from({ length: 120 }, (_, id) => itemOf(id));

  it('make the whole write fail, and writing the same again writes every item', async () => {
    const full = new Set(['["customer",3]']);
    const fails: FakeDynamoFaults['fails'] = (kind, pk) =>
      kind === 'write' && full.delete(pk) ? awsError('ProvisionedThroughputExceededException') : null;
    const { online, features } = await over({ fails });
    await expect(online.write(items)).rejects.toMatchObject({ name: 'ThrottledError', kind: 'throttled' });
    expect(await online.write(items)).toEqual({ written: 120, stale: 0 });
    const ids = items.map(({ key }) => key[0]!);
    expect(amounts((await features(ids)).body)).toEqual(ids);
  });
});
