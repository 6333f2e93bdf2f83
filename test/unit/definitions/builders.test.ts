import { describe, expect, it } from 'vitest';
import {
  column,
  count,
  countDistinct,
  expression,
  feature,
  last,
  max,
  mean,
  min,
  sum,
} from '../../../contracts/definitions/feature.ts';
import { featureView } from '../../../contracts/definitions/feature-view.ts';
import { futureLabel, observedLabel } from '../../../contracts/definitions/label.ts';
import { model } from '../../../contracts/definitions/model.ts';
import { source } from '../../../contracts/definitions/source.ts';
import { customer, labelInput, modelInput, orders, profile, spend, viewInput } from './definition-samples.ts';

describe('a feature view', () => {
  it('is plain frozen data with durations in milliseconds', () => {
    expect(spend).toEqual({
      kind: 'featureView',
      name: 'spend',
      entity: 'customer',
      source: 'orders',
      keyColumns: ['customer_id'],
      features: [
        {
          name: 'spend_7d',
          type: 'float64',
          compute: {
            kind: 'aggregate',
            aggregation: 'sum',
            input: 'quantity * price',
            where: null,
            windowMs: 604_800_000,
          },
          description: '',
        },
      ],
      ttlMs: 2_592_000_000,
      scheduleMs: 86_400_000,
      freshnessMs: null,
      stream: null,
      expectations: [],
      description: '',
      owner: 'team',
    });
    expect(JSON.parse(JSON.stringify(spend))).toEqual(spend);
    expect(Object.isFrozen(spend.features[0]!.compute)).toBe(true);
  });

  it('infers the type of every feature', () => {
    const over = { over: '1h' } as const;
    const windowed = featureView({
      ...viewInput,
      features: {
        whole_sum: sum('quantity', over),
        real_sum: sum('price', over),
        rows: count(over),
        gifts: count('gift', over),
        mean_quantity: mean('quantity', over),
        first_country: min('country', over),
        latest: max('at', over),
        last_gift: last('gift', over),
        countries: countDistinct('country', over),
      },
    });
    expect(Object.fromEntries(windowed.features.map(({ name, type }) => [name, type]))).toEqual({
      whole_sum: 'int64',
      real_sum: 'float64',
      rows: 'int64',
      gifts: 'int64',
      mean_quantity: 'float64',
      first_country: 'string',
      latest: 'timestamp',
      last_gift: 'boolean',
      countries: 'int64',
    });
    const single = featureView({
      ...viewInput,
      features: { land: column('country'), big: expression('quantity > 9') },
    });
    expect(single.features.map(({ type, compute }) => ({ type, compute }))).toEqual([
      { type: 'string', compute: { kind: 'column', column: 'country' } },
      { type: 'boolean', compute: { kind: 'expression', sql: 'quantity > 9' } },
    ]);
  });

  it('takes a column of the same name when none is said', () => {
    expect(profile.features[0]!.compute).toEqual({ kind: 'column', column: 'country' });
  });

  it('finds join keys under other names', () => {
    const renamed = source({
      name: 'sales',
      columns: { buyer: { type: 'string', from: 'CustomerID' }, at: 'timestamp', price: 'float64' },
      eventTime: 'at',
      owner: 'team',
    });
    const view = featureView({
      ...viewInput,
      source: renamed,
      keys: { customer_id: 'buyer' },
      features: { spend: sum('price', { over: '1d' }) },
    });
    expect(view.keyColumns).toEqual(['buyer']);
    expect(renamed.columns[0]).toEqual({ name: 'buyer', from: 'CustomerID', type: 'string', required: false });
  });
});

describe('a model', () => {
  it('has safe defaults', () => {
    expect(model(modelInput)).toEqual({
      kind: 'model',
      name: 'repeat',
      purpose: 'know who comes back',
      owner: 'team',
      riskClass: 'low',
      entity: 'customer',
      problem: 'binary',
      label: {
        kind: 'future',
        source: 'orders',
        keyColumns: ['customer_id'],
        everyMs: 86_400_000,
        activeWithinMs: 2_592_000_000,
        aggregation: 'count',
        input: null,
        where: null,
        horizonMs: 1_209_600_000,
        positiveAtLeast: 1,
      },
      features: [{ view: 'spend', feature: 'spend_7d' }],
      segments: [],
      training: {
        algorithm: 'xgboost',
        hyperparameters: { objective: 'binary:logistic', num_round: 10 },
        instanceType: 'ml.m5.xlarge',
        maxRuntimeMs: 3_600_000,
        labelsFromMs: null,
        tuning: null,
      },
      split: { by: 'time', validationShare: 0.15, testShare: 0.2 },
      gates: [{ kind: 'metric', metric: 'auc', atLeast: 0.7, atMost: null, minRows: 100 }],
      serving: {
        instanceType: 'ml.m5.large',
        minInstances: 1,
        maxInstances: 1,
        targetInvocationsPerInstance: 1_000,
        dataCapturePct: 0,
        decisionThreshold: 0.5,
        missing: { onMissing: 'null', onStale: 'as-missing', defaults: [] },
        featureCacheMs: null,
        precomputed: null,
      },
      rollout: {
        inServiceTimeoutMs: 1_800_000,
        approval: null,
        shadow: {
          share: 1,
          minPairs: 500,
          withinMs: 86_400_000,
          graceMs: 20,
          maxDecisionFlips: 0.2,
          maxScoreDifference: 0.1,
        },
        canary: { steps: [0.05, 0.25, 0.5], minUnits: 300, bakeMs: 600_000, withinMs: 86_400_000 },
        watch: { forMs: 3_600_000, holdback: 0.05 },
        judge: {
          everyMs: 60_000,
          falseRollback: 0.01,
          falsePromotion: 0.05,
          errors: { margin: 0.01, max: 0.05 },
          latency: { quantile: 0.95, maxRatio: 1.25 },
          predictions: { margin: 0.1 },
          missing: { margin: 0.05 },
          outcome: null,
        },
        onNewer: 'supersede',
      },
      monitoring: {
        evidenceRetentionDays: 90,
        drift: {
          everyMs: 3_600_000,
          windowMs: 86_400_000,
          falseAlarms: 0.01,
          minRows: 200,
          reference: { kind: 'training' },
          effects: { psi: 0.1, ks: 0.1, jensenShannon: 0.1, newCategories: 0.01, missing: 0.05 },
          persistence: { scans: 2, of: 3 },
          ignore: [],
        },
        performance: {
          maturityMs: 1_209_600_000,
          windowMs: 604_800_000,
          metrics: [{ metric: 'auc' }, { metric: 'log_loss' }],
          minOutcomes: 200,
          loss: 'log_loss',
          margin: 0.1,
          falseAlarms: 0.01,
        },
        retraining: null,
      },
    });
  });

  it('takes its features as whole views, references and text, in order', () => {
    const features = ['profile:country', spend, feature(spend, 'orders_7d')];
    expect(model({ ...modelInput, features }).features).toEqual([
      { view: 'profile', feature: 'country' },
      { view: 'spend', feature: 'spend_7d' },
      { view: 'spend', feature: 'orders_7d' },
    ]);
  });

  it('of a regression has no decision threshold', () => {
    const label = observedLabel({ source: orders, value: 'price', horizon: '1d' });
    const defined = model({
      ...modelInput,
      problem: 'regression',
      label,
      gates: [{ kind: 'data_quality', minTrainRows: 1, maxMissingShare: 1, minShareOfLast: null }],
    });
    expect(defined.serving.decisionThreshold).toBe(null);
    expect(defined.training.hyperparameters['objective']).toBe('reg:squarederror');
    expect(defined.label).toMatchObject({ kind: 'observed', value: 'price', horizonMs: 86_400_000 });
  });

  it('may run on a GPU', () => {
    const serving = { instanceType: 'ml.g6.12xlarge' };
    expect(model({ ...modelInput, serving }).serving.instanceType).toBe('ml.g6.12xlarge');
  });
});

it('keeps the entity of a label apart from its source', () => {
  expect(futureLabel({ ...labelInput, keys: { customer_id: 'country' } }).keys).toEqual({ customer_id: 'country' });
  expect(customer.joinKeys).toEqual([{ name: 'customer_id', type: 'string' }]);
});
