import { resolveView } from '../../core/definitions/definitions.ts';
import { type ReleaseManifest, releaseIdOf } from '../../core/release/release-manifest.ts';
import type { Route, SharingArm, Variant } from '../../core/release/route.ts';
import { packRow } from '../../core/serving/packed-row.ts';
import { silentLog } from '../../lambdas/handlers/request-log.ts';
import { makePredict } from '../../lambdas/handlers/serving/predict.ts';
import type { ModelInvoker } from '../../lambdas/ports/model-invoker.ts';
import { memoryOnlineStore } from '../memory/memory-online-store.ts';
import { type Answer, call } from './http-event.ts';
import { platformInMemory } from './platform-in-memory.ts';
import { churnRelease, shop } from './shop-definitions.ts';

export const GRACE_MS = 20;
export const ROLLOUT = 'rollout-1';
const { view, entity, version: LAST_ORDER } = resolveView(shop, 'last_order');

type Score = ModelInvoker['score'];

/** What each variant answers, and which calls have been made of it. */
interface ArmsInvoker extends ModelInvoker {
  readonly calls: { readonly variant: Variant; readonly rows: Parameters<Score>[2]; readonly inferenceId: string }[];
  /** By default a hundredth of the first input. */
  on(variant: Variant, score: Score): void;
}

function armsInvoker(): ArmsInvoker {
  const scores = new Map<Variant, Score>();
  const calls: ArmsInvoker['calls'] = [];
  return {
    calls,
    on: (variant, score) => void scores.set(variant, score),
    async score(...ask) {
      const [, variant, rows, inferenceId] = ask;
      calls.push({ variant, rows, inferenceId });
      return scores.get(variant)?.(...ask) ?? rows.map((row) => (row[0] ?? 0) / 100);
    },
  };
}

type Change = (manifest: ReleaseManifest) => ReleaseManifest;

/** The prediction handler over a route that the test sets, with a champion and another release that it may name. */
export async function armsLab({ champion: ofChampion, other: ofOther }: { champion?: Change; other?: Change } = {}) {
  const base = platformInMemory();
  const gracious: Change = (manifest) => {
    const shadow = {
      share: 1,
      minPairs: 1,
      withinMs: 1_000,
      graceMs: GRACE_MS,
      maxDecisionFlips: null,
      maxScoreDifference: null,
    };
    const model = { ...manifest.model, rollout: { ...manifest.model.rollout, shadow } };
    return { ...manifest, model };
  };
  const champion = churnRelease(1, ofChampion).manifest;
  const other = churnRelease(2, (manifest) => gracious(ofOther?.(manifest) ?? manifest)).manifest;
  const ids = { champion: releaseIdOf(champion), other: releaseIdOf(other) };
  let route: Route = {
    model: 'churn',
    endpointName: 'headgate-dev-churn',
    champion: { releaseId: ids.champion, variant: 'champion' },
    challenger: null,
    shadow: null,
    epoch: 1,
  };
  const online = memoryOnlineStore((model) => (model === 'churn' ? route : null));
  const invoker = armsInvoker();
  const platform = { ...base, online, invoker };
  await platform.releases.put(champion);
  await platform.releases.put(other);
  const handler = makePredict(platform, silentLog);
  const ask = (body: unknown): Promise<Answer> =>
    call(handler, 'POST /v1/models/{model}/predictions', body, { path: { model: 'churn' } });

  return {
    platform,
    invoker,
    online,
    ids,
    ask,
    predict: (customer = 7) => ask({ entities: { customer_id: customer } }),
    route: () => route,
    /** One write of the route. */
    move(change: Partial<Route>) {
      route = { ...route, ...change, epoch: route.epoch + 1 };
    },
    /** The other release as challenger or shadow of the rollout. */
    sharing: (share = 1, variant: Variant = 'challenger'): SharingArm => ({
      releaseId: ids.other,
      variant,
      share,
      rolloutId: ROLLOUT,
    }),
    /** The route after a promotion of the other release that is watched. */
    watched: (holdback: number): Pick<Route, 'champion' | 'challenger'> => ({
      champion: { releaseId: ids.other, variant: 'challenger' },
      challenger: {
        releaseId: ids.champion,
        variant: 'champion',
        share: holdback,
        rolloutId: ROLLOUT,
        wasChampion: true,
      },
    }),
    async bringOnline(amount: number, version = LAST_ORDER, customer = 7) {
      const atMs = base.clock.now().getTime();
      const values = packRow(view.features, [amount, amount, 'France', true]);
      const item = { entity: entity.name, key: [customer], view: view.name, version, values };
      await online.write([{ ...item, eventTimeMs: atMs, knownAtMs: atMs, expiresAtMs: null }]);
    },
    /** The evidence of an answer, which has to be one. */
    async evidence({ status, body }: Answer) {
      if (status !== 200) throw new Error(`answered ${status}: ${JSON.stringify(body)}`);
      return platform.ledger.evidence(String(body['predictionId']));
    },
  };
}

export type ArmsLab = Awaited<ReturnType<typeof armsLab>>;

export const OTHER_VERSION = 'fedcba987654';

/** Reads `last_order` at another version. */
export const overOtherVersion: Change = (manifest) => ({
  ...manifest,
  featureViews: manifest.featureViews.map((one) =>
    one.view.name === 'last_order' ? { ...one, version: OTHER_VERSION } : one,
  ),
});

/** Does not answer without a value. */
export const refusing: Change = (manifest) => {
  const missing = { onMissing: 'refuse' as const, onStale: 'as-missing' as const, defaults: [] };
  return { ...manifest, model: { ...manifest.model, serving: { ...manifest.model.serving, missing } } };
};

/** Needs the price of the basket with each request. */
export const askingForPrice: Change = (manifest) => ({
  ...manifest,
  onDemandFeatureViews: [
    {
      kind: 'onDemandFeatureView',
      name: 'asked',
      request: [{ name: 'price', type: 'float64' }],
      features: [{ name: 'double', type: 'float64', sql: 'price * 2', description: '' }],
      description: '',
      owner: 'team',
    },
  ],
  inputs: [
    ...manifest.inputs,
    { view: 'asked', feature: 'double', type: 'float64', categories: null, defaultValue: null },
  ],
});

/** Its customers are named by another join key as well. */
export const askingForShop: Change = (manifest) => ({
  ...manifest,
  featureViews: manifest.featureViews.map((one) =>
    one.view.name === 'spend'
      ? { ...one, entity: { ...one.entity, name: 'shop', joinKeys: [{ name: 'shop_id', type: 'int64' }] } }
      : one,
  ),
});

export const cachedFor =
  (featureCacheMs: number): Change =>
  (manifest) => ({
    ...manifest,
    model: { ...manifest.model, serving: { ...manifest.model.serving, featureCacheMs } },
  });
