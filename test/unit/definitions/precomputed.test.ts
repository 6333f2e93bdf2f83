import { describe, expect, it } from 'vitest';
import {
  column,
  entity,
  featureView,
  metricGate,
  observedLabel,
  onDemandFeatureView,
  source,
} from '../../../contracts/definitions/index.ts';
import { model } from '../../../contracts/definitions/model.ts';
import { inputProblems } from '../../../contracts/definitions/model-input-problems.ts';
import { DAY_MS, HOUR_MS } from '../../../core/clock.ts';
import type { Model } from '../../../core/definitions/model.ts';

const owner = 'shop';
const customer = entity({ name: 'customer', joinKeys: { customer_id: 'int64' }, owner });
const orders = source({
  name: 'orders',
  columns: { customer_id: 'int64', at: 'timestamp', amount: 'float64', gift: 'boolean' },
  eventTime: 'at',
  owner,
});
const last = featureView({
  name: 'last_order',
  entity: customer,
  source: orders,
  features: { amount: column() },
  ttl: '30d',
  owner,
});
const asked = onDemandFeatureView({
  name: 'asked',
  sources: [last],
  request: { basket: 'float64' },
  features: ({ last_order, request, requestTime }) => ({
    share: request.basket.plus(last_order.amount),
    hour: requestTime.hour(),
    twice: last_order.amount.times(2),
  }),
  owner,
});
type Given = Parameters<typeof model>[0];

const returning = (precomputed: unknown, features: Given['features'] = [last]): Model =>
  model({
    name: 'returning',
    purpose: 'tell who comes back',
    owner,
    riskClass: 'low',
    entity: customer,
    problem: 'binary',
    label: observedLabel({ source: orders, value: 'gift', context: { basket: 'amount' } }),
    features,
    training: { hyperparameters: { num_round: 10 } },
    gates: [metricGate({ metric: 'auc', atLeast: 0.5 })],
    serving: { precomputed } as NonNullable<Given['serving']>, // wrong ones too
  });
const definitions = {
  entities: [customer],
  sources: [orders],
  featureViews: [last],
  onDemandFeatureViews: [asked],
  featureServices: [],
  models: [],
};

describe('answers that are computed before they are asked for', () => {
  it('are declared with an interval and an age', () => {
    expect(returning(undefined).serving.precomputed).toBeNull();
    expect(returning(false).serving.precomputed).toBeNull();
    const declared = returning({ every: '1d', maxAge: '25h' }).serving.precomputed;
    expect(declared).toEqual({ everyMs: DAY_MS, maxAgeMs: 25 * HOUR_MS });
  });

  it.each([
    [{ every: '5h', maxAge: '25h' }, /every: "5h" does not go into a day evenly; write one of 15m, 20m, 30m, 1h/],
    [{ every: '1d', maxAge: '23h' }, /maxAge: "23h" is shorter than every \("1d"\)/],
    [{ every: '1d' }, /maxAge/],
    [{ every: '1m', maxAge: '1h' }, /every: "1m" is out of range/],
    [{ every: '1d', maxAge: '25h', at: '03:00' }, /at/],
    [true, /write false, or \{ every: "1d", maxAge: "25h" \}/],
  ])('are refused as %j', (precomputed, message) => {
    expect(() => returning(precomputed)).toThrow(message);
  });

  it.each([
    ['asked:share', /asked:share reads "basket", which is known only when a prediction is asked for/],
    ['asked:hour', /asked:hour reads "request_time"/],
  ])('cannot be of a model with %s', (ref, message) => {
    const found = (precomputed: unknown) =>
      inputProblems(returning(precomputed, [last, ref]), definitions).filter(({ path }) => path.startsWith('serving'));
    expect(found({ every: '1d', maxAge: '1d' })).toEqual([
      { path: 'serving.precomputed', problem: expect.stringMatching(message) },
    ]);
    expect(found(false)).toEqual([]);
  });

  it('may be of a model with features that are computed from stored ones alone', () => {
    const early = returning({ every: '1d', maxAge: '1d' }, [last, 'asked:twice']);
    expect(inputProblems(early, definitions).filter(({ path }) => path.startsWith('serving'))).toEqual([]);
  });
});
