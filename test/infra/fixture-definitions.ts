import type { Definitions } from '../../core/definitions/definitions.ts';
import type { Model } from '../../core/definitions/model.ts';
import { UNWATCHED } from '../monitoring.ts';
import { DIRECT_ROLLOUT } from '../rollout-policy.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const owner = 'growth@example.com';

/** One source, one aggregated and one row-level view, and the models asked for. */
export function fixtureDefinitions(models: readonly string[] = ['churn_1']): Definitions {
  return {
    entities: [
      {
        kind: 'entity',
        name: 'customer',
        joinKeys: [{ name: 'customer_id', type: 'int64' }],
        description: 'Someone who buys',
        owner,
      },
    ],
    sources: [
      {
        kind: 'source',
        name: 'orders',
        columns: [
          { name: 'customer_id', from: 'CustomerID', type: 'int64', required: true },
          { name: 'ordered_at', from: 'InvoiceDate', type: 'timestamp', required: true },
          { name: 'country', from: 'Country', type: 'string', required: false },
          { name: 'amount', from: 'Amount', type: 'float64', required: false },
          { name: 'is_gift', from: 'Gift', type: 'boolean', required: false },
        ],
        eventTime: { column: 'ordered_at' },
        knownAtColumn: null,
        lagMs: HOUR_MS,
        eventIdColumn: null,
        csv: { delimiter: ',', skipLines: 0, header: true, nulls: [] },
        description: 'Lines of orders',
        owner,
      },
    ],
    onDemandFeatureViews: [],
    featureServices: [],
    featureViews: [
      {
        kind: 'featureView',
        name: 'customer_spend',
        entity: 'customer',
        source: 'orders',
        keyColumns: ['customer_id'],
        features: [
          {
            name: 'spend_30d',
            type: 'float64',
            compute: { kind: 'aggregate', aggregation: 'sum', input: 'amount', where: null, windowMs: 30 * DAY_MS },
            description: 'Money spent in 30 days',
          },
        ],
        ttlMs: 60 * DAY_MS,
        scheduleMs: DAY_MS,
        freshnessMs: 2 * DAY_MS,
        stream: null,
        expectations: [],
        description: 'What a customer spends',
        owner,
      },
      {
        kind: 'featureView',
        name: 'last_order',
        entity: 'customer',
        source: 'orders',
        keyColumns: ['customer_id'],
        features: [
          { name: 'country', type: 'string', compute: { kind: 'column', column: 'country' }, description: 'Country' },
          { name: 'ordered_at', type: 'timestamp', compute: { kind: 'column', column: 'ordered_at' }, description: '' },
        ],
        ttlMs: null,
        scheduleMs: 6 * HOUR_MS,
        freshnessMs: null,
        stream: null,
        expectations: [],
        description: 'The newest order line',
        owner,
      },
    ],
    models: models.map(fixtureModel),
  };
}

function fixtureModel(name: string): Model {
  return {
    kind: 'model',
    name,
    purpose: 'Who buys again',
    owner,
    riskClass: 'low',
    entity: 'customer',
    problem: 'binary',
    label: {
      kind: 'future',
      source: 'orders',
      keyColumns: ['customer_id'],
      everyMs: DAY_MS,
      activeWithinMs: 90 * DAY_MS,
      aggregation: 'count',
      input: null,
      where: null,
      horizonMs: 30 * DAY_MS,
      positiveAtLeast: 1,
    },
    features: [
      { view: 'customer_spend', feature: 'spend_30d' },
      { view: 'last_order', feature: 'country' },
    ],
    segments: [],
    training: {
      algorithm: 'xgboost',
      hyperparameters: { num_round: 50, max_depth: 4 },
      instanceType: 'ml.m5.xlarge',
      maxRuntimeMs: HOUR_MS,
      labelsFromMs: null,
    },
    split: { by: 'time', validationShare: 0.1, testShare: 0.2 },
    gates: [{ kind: 'metric', metric: 'auc', atLeast: 0.6, atMost: null, minRows: 100 }],
    serving: {
      instanceType: 'ml.g6.xlarge',
      minInstances: 1,
      maxInstances: 4,
      targetInvocationsPerInstance: 600,
      dataCapturePct: 10,
      decisionThreshold: 0.5,
      missing: { onMissing: 'null', onStale: 'as-missing', defaults: [] },
      featureCacheMs: null,
      precomputed: null,
    },
    rollout: DIRECT_ROLLOUT,
    monitoring: UNWATCHED,
  };
}
