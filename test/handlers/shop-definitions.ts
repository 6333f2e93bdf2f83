import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import type { Definitions } from '../../core/definitions/definitions.ts';
import { resolveView } from '../../core/definitions/definitions.ts';
import type { FeatureView } from '../../core/definitions/feature-view.ts';
import type { Model } from '../../core/definitions/model.ts';
import type { Source } from '../../core/definitions/source.ts';
import { type ReleaseManifest, releaseIdOf } from '../../core/release/release-manifest.ts';
import { UNWATCHED } from '../monitoring.ts';
import { DIRECT_ROLLOUT } from '../rollout-policy.ts';

const about = { description: '', owner: 'shop' };
const column = (name: string, type: Source['columns'][number]['type'], required = false, from = name) => ({
  name,
  from,
  type,
  required,
});

export const orders: Source = {
  kind: 'source',
  name: 'orders',
  columns: [
    column('customer_id', 'int64', true),
    column('ordered_at', 'timestamp', true, 'Ordered At'),
    column('amount', 'float64'),
    column('quantity', 'int64'),
    column('country', 'string'),
    column('gift', 'boolean'),
  ],
  eventTime: { column: 'ordered_at' },
  knownAtColumn: null,
  lagMs: HOUR_MS,
  eventIdColumn: null,
  csv: { delimiter: ',', skipLines: 0, header: true, nulls: ['?', 'NA'] },
  ...about,
};

const lastOrder: FeatureView = {
  kind: 'featureView',
  name: 'last_order',
  entity: 'customer',
  source: 'orders',
  keyColumns: ['customer_id'],
  features: [
    { name: 'amount', type: 'float64', compute: { kind: 'column', column: 'amount' }, description: '' },
    { name: 'total', type: 'float64', compute: { kind: 'expression', sql: 'amount * quantity' }, description: '' },
    { name: 'country', type: 'string', compute: { kind: 'column', column: 'country' }, description: '' },
    { name: 'gift', type: 'boolean', compute: { kind: 'column', column: 'gift' }, description: '' },
  ],
  ttlMs: 30 * DAY_MS,
  scheduleMs: HOUR_MS,
  freshnessMs: DAY_MS,
  stream: null,
  expectations: [],
  ...about,
};

const spend: FeatureView = {
  ...lastOrder,
  name: 'spend',
  features: [
    {
      name: 'sum_7d',
      type: 'float64',
      compute: { kind: 'aggregate', aggregation: 'sum', input: 'amount', where: null, windowMs: 7 * DAY_MS },
      description: '',
    },
  ],
  ttlMs: null,
  freshnessMs: null,
  stream: null,
  expectations: [],
};

const clicks: Source = { ...orders, name: 'clicks' };

export const churn: Model = {
  kind: 'model',
  name: 'churn',
  purpose: 'tell who leaves',
  owner: 'shop',
  riskClass: 'limited',
  entity: 'customer',
  problem: 'binary',
  label: {
    kind: 'observed',
    source: 'orders',
    keyColumns: ['customer_id'],
    value: 'gift',
    where: null,
    horizonMs: DAY_MS,
    context: [],
  },
  features: [
    { view: 'last_order', feature: 'amount' },
    { view: 'last_order', feature: 'country' },
    { view: 'last_order', feature: 'gift' },
    { view: 'spend', feature: 'sum_7d' },
  ],
  segments: [],
  training: {
    algorithm: 'xgboost',
    hyperparameters: { num_round: 10 },
    instanceType: 'ml.m5.large',
    maxRuntimeMs: HOUR_MS,
    labelsFromMs: null,
  },
  split: { by: 'time', validationShare: 0.2, testShare: 0.2 },
  gates: [{ kind: 'metric', metric: 'auc', atLeast: 0.5, atMost: null, minRows: 10 }],
  serving: {
    instanceType: 'ml.g6.xlarge',
    minInstances: 1,
    maxInstances: 2,
    targetInvocationsPerInstance: 100,
    dataCapturePct: 0,
    decisionThreshold: 0.5,
    missing: { onMissing: 'null', onStale: 'as-missing', defaults: [] },
    featureCacheMs: null,
    precomputed: null,
  },
  rollout: DIRECT_ROLLOUT,
  monitoring: UNWATCHED,
};

export const shop: Definitions = {
  entities: [{ kind: 'entity', name: 'customer', joinKeys: [{ name: 'customer_id', type: 'int64' }], ...about }],
  sources: [clicks, orders],
  featureViews: [lastOrder, spend],
  onDemandFeatureViews: [],
  featureServices: [],
  models: [churn],
};

/** A release of the model over these definitions; `note` makes another one of it. */
export function churnRelease(
  note = 1,
  change: (manifest: ReleaseManifest) => ReleaseManifest = (manifest) => manifest,
): { readonly manifest: ReleaseManifest; readonly releaseId: string } {
  const manifest = change({
    schema: 'headgate.release/v1',
    createdAt: '2026-02-01T00:00:00.000Z',
    model: churn,
    platformVersion: '0.1.0',
    artifact: { uri: 's3://artifacts/model.tar.gz', sha256: 'a'.repeat(64), sizeBytes: note, image: 'xgboost' },
    trainingSet: {
      trainingSetId: 'b'.repeat(64),
      uri: 's3://artifacts/training-set/',
      rows: { train: 100, validation: 10, test: 10 },
      dropped: { unmatured: 0, embargoed: 0 },
      labelMean: { train: 0.5, validation: 0.5, test: 0.5 },
      labelTimes: { train: null, validation: null, test: null },
      watermarks: {},
      query: { text: 'select 1', params: [] },
      profileSha256: 'c'.repeat(64),
    },
    featureViews: ['last_order', 'spend'].map((name) => resolveView(shop, name)),
    onDemandFeatureViews: [],
    inputs: [
      { view: 'last_order', feature: 'amount', type: 'float64', categories: null, defaultValue: null },
      {
        view: 'last_order',
        feature: 'country',
        type: 'string',
        categories: ['United Kingdom', 'France'],
        defaultValue: null,
      },
      { view: 'last_order', feature: 'gift', type: 'boolean', categories: null, defaultValue: null },
      { view: 'spend', feature: 'sum_7d', type: 'float64', categories: null, defaultValue: null },
    ],
    training: { jobName: 'j', instanceType: 'ml.m5.large', hyperparameters: {}, seconds: 1 },
    evaluation: { metrics: { auc: 0.8 }, testRows: 10, champion: null },
    verdicts: [],
  });
  return { manifest, releaseId: releaseIdOf(manifest) };
}
