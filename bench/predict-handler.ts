/**
 * CPU of the prediction handler without store and model: event in, answer out, everything between on in-memory
 * adapters that answer at once. Usage: node bench/predict-handler.ts [requests] [views] [features per view]
 */

import { DAY_MS } from '../core/clock.ts';
import { resolveView, viewVersion } from '../core/definitions/definitions.ts';
import { type ReleaseManifest, releaseIdOf } from '../core/release/release-manifest.ts';
import { packRow } from '../core/serving/packed-row.ts';
import { systemClock } from '../lambdas/adapters/system/system-clock.ts';
import { systemTiming } from '../lambdas/adapters/system/system-timing.ts';
import { uuidV7Ids } from '../lambdas/adapters/system/uuid-v7-ids.ts';
import { silentLog } from '../lambdas/handlers/request-log.ts';
import { makePredict } from '../lambdas/handlers/serving/predict.ts';
import { call } from '../test/handlers/http-event.ts';
import { churnRelease, shop } from '../test/handlers/shop-definitions.ts';
import { memoryModelInvoker } from '../test/memory/memory-model-invoker.ts';
import { memoryModelRegistry } from '../test/memory/memory-model-registry.ts';
import { memoryOnlineStore } from '../test/memory/memory-online-store.ts';
import { memoryReleaseStore } from '../test/memory/memory-release-store.ts';

const [requests = 20_000, views = 5, width = 10] = process.argv.slice(2).map(Number);

const manifest = wideManifest();
const releaseId = releaseIdOf(manifest);
const champion = { releaseId, variant: 'champion' as const };
const online = memoryOnlineStore((model) => ({
  model,
  endpointName: 'e',
  champion,
  challenger: null,
  shadow: null,
  epoch: 1,
}));
const releases = memoryReleaseStore();
await releases.put(manifest);
const nowMs = Date.now();
await online.write(
  manifest.featureViews.map(({ view, entity, version }) => ({
    entity: entity.name,
    key: [7],
    view: view.name,
    version,
    values: packRow(
      view.features,
      view.features.map((_, i) => i + 0.5),
    ),
    eventTimeMs: nowMs,
    knownAtMs: nowMs,
    expiresAtMs: null,
  })),
);

const handler = makePredict(
  {
    online,
    releases,
    registry: memoryModelRegistry(),
    invoker: memoryModelInvoker(() => 0.5),
    // keeps nothing, so that the memory it would need is not measured
    ledger: { record: async () => {} } as never,
    metrics: { put: () => {} },
    clock: systemClock,
    timing: systemTiming,
    ids: uuidV7Ids(systemClock),
  },
  silentLog,
);
const body = JSON.stringify({ entities: { customer_id: 7 } });
const once = () => call(handler, 'POST /v1/models/{model}/predictions', body, { path: { model: 'churn' } });

const first = await once();
if (first.status !== 200) throw new Error(`the handler answered ${first.status}: ${JSON.stringify(first.body)}`);
for (let i = 0; i < requests / 4; i++) await once();
const tookMs: number[] = [];
for (let i = 0; i < requests; i++) {
  const before = performance.now();
  await once();
  tookMs.push(performance.now() - before);
}
tookMs.sort((a, b) => a - b);
const quantile = (share: number) => Number(tookMs[Math.floor(share * (tookMs.length - 1))]?.toFixed(3));
console.log(
  JSON.stringify({
    requests,
    views,
    features: views * width,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    limitMs: 0.5,
  }),
);

function wideManifest(): ReleaseManifest {
  const { manifest } = churnRelease();
  const { view, entity, source } = resolveView(shop, 'last_order');
  const names = Array.from({ length: width }, (_, i) => `f${i}`);
  const featureViews = Array.from({ length: views }, (_, i) => {
    const compute = { kind: 'column', column: 'amount' } as const;
    const features = names.map((name) => ({ name, type: 'float64' as const, compute, description: '' }));
    const wide = { ...view, name: `view_${i}`, features, ttlMs: DAY_MS };
    return { view: wide, entity, source, version: viewVersion(wide, entity, source) };
  });
  const inputs = featureViews.flatMap(({ view: { name } }) =>
    names.map((feature) => ({ view: name, feature, type: 'float64' as const, categories: null, defaultValue: null })),
  );
  return { ...manifest, featureViews, inputs };
}
