import { beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../core/clock.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import type { ReleaseManifest } from '../../core/release/release-manifest.ts';
import { packRow } from '../../core/serving/packed-row.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makePredict } from '../../lambdas/handlers/serving/predict.ts';
import { newRollout } from '../new-rollout.ts';
import { call } from './http-event.ts';
import { type PlatformInMemory, platformInMemory, promote, registerChurn } from './platform-in-memory.ts';
import { churnRelease, shop } from './shop-definitions.ts';

const CACHE_MS = 30_000;
const { view, entity, version } = resolveView(shop, 'last_order');
const NEXT_VERSION = 'fedcba987654';

let platform: PlatformInMemory;
let predict: (customer?: number) => Promise<Seen>;
let event = 0;

interface Seen {
  readonly releaseId: unknown;
  readonly predictionId: string;
  readonly amount: { readonly value: unknown; readonly status: string; readonly eventTime: string | null };
}

beforeEach(async () => {
  platform = platformInMemory();
  const handler = makePredict(platform, silentLog);
  predict = async (customer = 7) => {
    const asked = { entities: { customer_id: customer } };
    const { status, body } = await call(handler, 'POST /v1/models/{model}/predictions', asked, {
      path: { model: 'churn' },
    });
    expect(status, JSON.stringify(body)).toBe(200);
    const features = body['features'] as Record<string, Seen['amount']>;
    return {
      releaseId: body['releaseId'],
      predictionId: String(body['predictionId']),
      amount: features['last_order:amount']!,
    };
  };
  await registerChurn(platform);
});

const cached = (manifest: ReleaseManifest): ReleaseManifest => ({
  ...manifest,
  model: { ...manifest.model, serving: { ...manifest.model.serving, featureCacheMs: CACHE_MS } },
});
const cachedOverNextVersion = (manifest: ReleaseManifest): ReleaseManifest => ({
  ...cached(manifest),
  featureViews: manifest.featureViews.map((one) =>
    one.view.name === 'last_order' ? { ...one, version: NEXT_VERSION } : one,
  ),
});

async function bringOnline(amount: number, of = version, ageMs = 0, customer = 7): Promise<void> {
  const eventTimeMs = platform.clock.now().getTime() - ageMs + event++;
  const key = { entity: entity.name, key: [customer], view: view.name, version: of };
  const values = packRow(view.features, [amount, null, null, null]);
  await platform.online.write([{ ...key, values, eventTimeMs, knownAtMs: eventTimeMs, expiresAtMs: null }]);
}

async function flipTo(releaseId: string): Promise<void> {
  const { route } = await platform.registry.model('churn');
  const about = { action: 'test', actor: 'test', at: '2026-03-01T12:00:00.000Z', detail: {} };
  const rolloutId = `back-to-${releaseId.slice(0, 8)}`;
  const begun = newRollout(rolloutId, { releaseId, startedAt: about.at });
  const { fence } = await platform.registry.beginRollout(begun, about);
  const to = { ...route, champion: { releaseId, variant: 'champion' as const }, epoch: route.epoch + 1 };
  const next = {
    ...begun,
    phase: 'done' as const,
    outcome: 'promoted' as const,
    because: 'in service',
    endedAt: about.at,
  };
  await platform.registry.changeRollout({ seen: begun, next, route: { from: route, to }, fence }, about);
}

describe('a model with a feature cache', () => {
  it('reads the features of an entity again only after the time it names, and the route every time', async () => {
    await promote(platform, 1, cached);
    await bringOnline(10);
    expect((await predict()).amount.value).toBe(10);
    await bringOnline(20);
    platform.clock.advance(CACHE_MS - 1);
    const before = platform.online.keysRead();
    expect((await predict()).amount.value).toBe(10);
    expect(platform.online.keysRead()).toBe(before);
    platform.clock.advance(1);
    expect((await predict()).amount.value).toBe(20);
  });

  it('keeps statuses and event times, says when it read them, and counts', async () => {
    await promote(platform, 1, cached);
    await bringOnline(10);
    const readAt = platform.clock.now().toISOString();
    const first = await predict();
    platform.clock.advance(1_000);
    const again = await predict();
    expect(again.amount).toEqual(first.amount);
    expect(again.amount.eventTime).not.toBeNull();
    const evidence = await platform.ledger.evidence(again.predictionId);
    expect(evidence.featuresReadAt).toBe(readAt);
    expect(evidence.requestedAt).not.toBe(readAt);
    expect(platform.metrics.records.map(({ dimensions, values }) => ({ ...dimensions, ...values }))).toEqual([
      { Model: 'churn', FeatureCacheHits: 0, FeatureCacheMisses: 1 },
      { Model: 'churn', FeatureCacheHits: 1, FeatureCacheMisses: 0 },
    ]);
  });

  it('keeps entities apart', async () => {
    await promote(platform, 1, cached);
    await bringOnline(10);
    await bringOnline(20, version, 0, 8);
    expect((await predict(7)).amount.value).toBe(10);
    expect((await predict(8)).amount.value).toBe(20);
    expect((await predict(7)).amount.value).toBe(10);
  });

  it('looks again as soon as a value is older than its TTL, however long the cache would last', async () => {
    await promote(platform, 1, cached);
    await bringOnline(10, version, 30 * DAY_MS - 5_000);
    expect((await predict()).amount.status).toBe('PRESENT');
    platform.clock.advance(5_000 + event);
    expect((await predict()).amount).toMatchObject({ value: null, status: 'OUTSIDE_MAX_AGE' });
    await bringOnline(20);
    expect((await predict()).amount.value).toBe(20);
  });

  it('never gives one release what another one read, and a rollback needs no flush', async () => {
    const first = await promote(platform, 1, cached);
    await bringOnline(10);
    await bringOnline(99, NEXT_VERSION);
    expect(await predict()).toMatchObject({ releaseId: first, amount: { value: 10 } });
    const second = await promote(platform, 2, cachedOverNextVersion);
    expect(await predict()).toMatchObject({ releaseId: second, amount: { value: 99 } });
    await flipTo(first);
    expect(await predict()).toMatchObject({ releaseId: first, amount: { value: 10 } });
    await flipTo(second);
    expect(await predict()).toMatchObject({ releaseId: second, amount: { value: 99 } });
    expect(churnRelease(1, cached).releaseId).toBe(first);
  });

  it('is not used by a model that does not ask for one', async () => {
    await promote(platform);
    await bringOnline(10);
    expect((await predict()).amount.value).toBe(10);
    await bringOnline(20);
    expect((await predict()).amount.value).toBe(20);
    expect(platform.metrics.records).toEqual([]);
  });
});
