import { describe, expect, it } from 'vitest';
import {
  column,
  entity,
  featureView,
  metricGate,
  observedLabel,
  source,
} from '../../../contracts/definitions/index.ts';
import { defaultTypeProblems } from '../../../contracts/definitions/missing-policy.ts';
import { model } from '../../../contracts/definitions/model.ts';
import type { Model } from '../../../core/definitions/model.ts';

const owner = 'shop';
const customer = entity({ name: 'customer', joinKeys: { customer_id: 'int64' }, owner });
const orders = source({
  name: 'orders',
  columns: { customer_id: 'int64', at: 'timestamp', amount: 'float64', country: 'string', gift: 'boolean' },
  eventTime: 'at',
  owner,
});
const last = featureView({
  name: 'last_order',
  entity: customer,
  source: orders,
  features: { amount: column(), country: column() },
  ttl: '30d',
  owner,
});
type Serving = NonNullable<Parameters<typeof model>[0]['serving']>;
const returning = (serving: Serving): Model =>
  model({
    name: 'returning',
    purpose: 'tell who comes back',
    owner,
    riskClass: 'low',
    entity: customer,
    problem: 'binary',
    label: observedLabel({ source: orders, value: 'gift' }),
    features: [last],
    training: { hyperparameters: { num_round: 10 } },
    gates: [metricGate({ metric: 'auc', atLeast: 0.5 })],
    serving,
  });
const definitions = {
  entities: [customer],
  sources: [orders],
  featureViews: [last],
  onDemandFeatureViews: [],
  featureServices: [],
  models: [],
};

describe('what a model says about missing values', () => {
  it('is by default to see them as missing, and to keep nothing', () => {
    const { missing, featureCacheMs } = returning({}).serving;
    expect(missing).toEqual({ onMissing: 'null', onStale: 'as-missing', defaults: [] });
    expect(featureCacheMs).toBeNull();
  });

  it('can refuse, use defaults in the order of the features, and let features be used again', () => {
    const { missing, featureCacheMs } = returning({
      onMissing: 'refuse',
      onStale: 'refuse',
      defaults: { 'last_order:country': 'elsewhere', 'last_order:amount': 0 },
      featureCache: '30s',
    }).serving;
    expect(missing).toEqual({
      onMissing: 'refuse',
      onStale: 'refuse',
      defaults: [
        { ref: 'last_order:amount', value: 0 },
        { ref: 'last_order:country', value: 'elsewhere' },
      ],
    });
    expect(featureCacheMs).toBe(30_000);
  });

  it('names only inputs, each with a value of its type', () => {
    expect(() => returning({ defaults: { 'last_order:total': 1 } })).toThrow(
      '"last_order:total" is no input of the model; inputs: last_order:amount, last_order:country',
    );
    expect(() => returning({ featureCache: '2d' })).toThrow('from 1s to 1h');
    const wrong = returning({ defaults: { 'last_order:country': 3, 'last_order:amount': 1.5 } });
    expect(defaultTypeProblems(wrong, definitions)).toEqual([
      { path: 'serving.defaults', problem: '3 does not fit last_order:country, which is a string' },
    ]);
  });
});
