/**
 * The example: a web shop that wants to know which customers will order again.
 *
 * This file is all that a data scientist writes. Headgate computes the features, trains and checks the model, serves
 * it and keeps the evidence of every prediction.
 */
import {
  attributionGate,
  column,
  costGate,
  count,
  countDistinct,
  dataQualityGate,
  entity,
  expectNotNull,
  expectNullShare,
  expectRange,
  expectVolume,
  expression,
  fairnessGate,
  featureView,
  futureLabel,
  last,
  max,
  metricGate,
  model,
  onDemandFeatureView,
  regressionGate,
  segment,
  sliceGate,
  source,
  sum,
} from '#headgate';

const owner = 'shop-growth';

export const customer = entity({
  name: 'customer',
  joinKeys: { customer_id: 'string' },
  description: 'Somebody with an account. Guests have no customer id.',
  owner,
});

/** One row per order line; returns are lines with a negative quantity. Rows without a customer are quarantined. */
export const transactions = source({
  name: 'transactions',
  columns: {
    order_id: { type: 'string', required: true },
    customer_id: 'string',
    ordered_at: 'timestamp',
    product_id: 'string',
    category: 'string',
    quantity: { type: 'int64', required: true },
    unit_price: { type: 'float64', required: true },
  },
  eventTime: 'ordered_at',
  lag: '5m',
  description: 'Order lines of the shop, exported from the till system.',
  owner,
});

/** One row per account and change of profile. */
export const profiles = source({
  name: 'profiles',
  columns: {
    customer_id: 'string',
    changed_at: 'timestamp',
    country: 'string',
    signup_channel: 'string',
    newsletter: 'boolean',
    birth_year: 'int64',
  },
  eventTime: 'changed_at',
  description: 'Accounts as the customers filled them in.',
  owner,
});

/** How much and how often, over three windows; changes at midnight UTC. */
export const customerSpend = featureView({
  name: 'customer_spend',
  entity: customer,
  source: transactions,
  features: {
    spend_7d: sum('quantity * unit_price', { over: '7d', description: 'Turnover less returns' }),
    spend_30d: sum('quantity * unit_price', { over: '30d' }),
    spend_90d: sum('quantity * unit_price', { over: '90d' }),
    orders_7d: countDistinct('order_id', { over: '7d', where: 'quantity > 0' }),
    orders_30d: countDistinct('order_id', { over: '30d', where: 'quantity > 0' }),
    orders_90d: countDistinct('order_id', { over: '90d', where: 'quantity > 0' }),
    items_90d: sum('quantity', { over: '90d', where: 'quantity > 0' }),
    products_90d: countDistinct('product_id', { over: '90d' }),
    returns_90d: count({ over: '90d', where: 'quantity < 0', description: 'Lines sent back' }),
    dearest_90d: max('unit_price', { over: '90d' }),
    last_category: last('category', { over: '90d' }),
  },
  ttl: '90d',
  schedule: '1d',
  freshness: '2d',
  expectations: [
    expectRange('unit_price', { atLeast: 0, severity: 'quarantine' }),
    expectRange('quantity', { atLeast: -1_000, atMost: 1_000, severity: 'warn', maxShare: 0.001 }),
    expectNullShare('last_category', { atMost: 0.5, severity: 'warn' }),
    expectVolume({ atLeast: 0.2, atMost: 5, severity: 'block' }),
  ],
  description: 'What a customer bought lately.',
  owner,
});

/** The last day as it passes: a pushed order line counts with the next read. */
export const customerDay = featureView({
  name: 'customer_day',
  entity: customer,
  source: transactions,
  features: {
    spend_24h: sum('quantity * unit_price', { over: '24h' }),
    lines_24h: count({ over: '24h' }),
  },
  stream: { tile: '1h' },
  ttl: null,
  schedule: '1d',
  description: 'What a customer bought within a day.',
  owner,
});

/** Who they are; changes with each row. */
export const customerProfile = featureView({
  name: 'customer_profile',
  entity: customer,
  source: profiles,
  features: {
    country: column(),
    signup_channel: column(),
    newsletter: column(),
    age_at_change: expression('year(changed_at) - birth_year', { description: 'Age in years when they last told us' }),
  },
  ttl: null,
  schedule: '1d',
  expectations: [expectNotNull('country', { severity: 'warn', maxShare: 0.2 })],
  description: 'What a customer told the shop.',
  owner,
});

/** Computed when somebody asks, from the values that are stored. */
export const customerTrend = onDemandFeatureView({
  name: 'customer_trend',
  sources: [customerSpend],
  features: ({ customer_spend: spent }) => ({
    spend_per_order: spent.spend_90d.dividedBy(spent.orders_90d),
    share_of_last_month: spent.spend_30d.dividedBy(spent.spend_90d),
  }),
  description: 'Whether a customer buys more or less than before.',
  owner,
});

/** For every customer who bought something in the last 60 days, on each Thursday: an order within 14 days? */
export const repeatBuyer = model({
  name: 'repeat_buyer',
  purpose: 'Choose who gets a voucher: those who would not come back by themselves.',
  owner,
  riskClass: 'limited',
  entity: customer,
  problem: 'binary',
  label: futureLabel({
    source: transactions,
    every: '7d',
    activeWithin: '60d',
    aggregation: 'count',
    where: 'quantity > 0',
    horizon: '14d',
    positiveAtLeast: 1,
  }),
  features: [
    customerSpend,
    customerTrend,
    'customer_profile:country',
    'customer_profile:signup_channel',
    'customer_profile:newsletter',
  ],
  // age is no input: it is joined to the test rows, to see whether decisions treat the young and the old alike
  segments: ['customer_profile:signup_channel', segment('customer_profile:age_at_change', { cuts: [35, 55] })],
  training: {
    hyperparameters: { num_round: 80, max_depth: 4, eta: 0.1, subsample: 0.8, min_child_weight: 5, seed: 7 },
    instanceType: 'ml.m5.xlarge',
  },
  gates: [
    dataQualityGate({ minTrainRows: 2_000, maxMissingShare: 0.7 }),
    metricGate({ metric: 'auc', atLeast: 0.68, minRows: 500 }),
    regressionGate({ metric: 'auc', margin: 0.01 }),
    sliceGate({ metric: 'auc', by: ['customer_profile:signup_channel'], atLeast: 0.6, onSmall: 'ignore' }),
    fairnessGate({
      attribute: 'customer_profile:age_at_change',
      criterion: 'equal_opportunity',
      measure: 'difference',
      limit: 0.25,
    }),
    attributionGate({ maxShare: 0.8 }),
    costGate({ perThousand: 0.05, requestsPerSecond: 10 }),
  ],
  serving: { instanceType: 'ml.m5.large', maxInstances: 2, decisionThreshold: 0.5 },
  // for a laptop, where traffic comes from a file: a few hundred customers, a minute or two. The defaults are for real traffic
  rollout: {
    shadow: { requests: 200, within: '15m' },
    canary: { steps: [0.2, 0.5], entities: 60, bake: '10s', within: '15m' },
    watch: { for: '20s', holdback: 0.1 },
    judge: {
      every: '5s',
      errors: { margin: 0.05 },
      latency: { quantile: 0.95, maxRatio: 4 },
      predictions: { margin: 0.25 },
      missing: { margin: 0.15 },
    },
  },
});
