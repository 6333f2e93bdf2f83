import {
  column,
  count,
  dataQualityGate,
  entity,
  expression,
  featureView,
  futureLabel,
  metricGate,
  model,
  source,
  sum,
} from '#headgate';

const owner = 'trials@headgate.example';

export const customer = entity({ name: 'customer', joinKeys: { customer_id: 'int64' }, owner });

export const orders = source({
  name: 'orders',
  columns: {
    order_id: { type: 'string', required: true },
    customer_id: 'int64',
    ordered_at: 'timestamp',
    amount: { type: 'float64', required: true },
    channel: 'string',
  },
  eventTime: 'ordered_at',
  owner,
});

/** Nothing is ever loaded into it. */
export const visits = source({
  name: 'visits',
  columns: { customer_id: 'int64', visited_at: 'timestamp' },
  eventTime: 'visited_at',
  owner,
});

export const device = entity({ name: 'device', joinKeys: { device_id: 'string' }, owner });

/** Rows that can become larger than an item of the online store. */
export const signals = source({
  name: 'signals',
  columns: {
    device_id: 'string',
    seen_at: 'timestamp',
    a: 'string',
    b: 'string',
    c: 'string',
    d: 'string',
    e: 'string',
    f: 'string',
    g: 'string',
  },
  eventTime: 'seen_at',
  owner,
});

export const lastSignal = featureView({
  name: 'last_signal',
  entity: device,
  source: signals,
  features: { a: column(), b: column(), c: column(), d: column(), e: column(), f: column(), g: column() },
  ttl: null,
  owner,
});

export const orderHabit = featureView({
  name: 'order_habit',
  entity: customer,
  source: orders,
  features: { orders_7d: count({ over: '7d' }), spend_28d: sum('amount', { over: '28d' }) },
  ttl: '28d',
  owner,
});

export const lastOrder = featureView({
  name: 'last_order',
  entity: customer,
  source: orders,
  features: { channel: column(), amount_cents: expression('round(amount * 100)') },
  ttl: '7d',
  owner,
});

export const visitHabit = featureView({
  name: 'visit_habit',
  entity: customer,
  source: visits,
  features: { visits_7d: count({ over: '7d' }) },
  ttl: null,
  owner,
});

const aboutOrders = {
  purpose: 'Tell who orders again within a week',
  owner,
  riskClass: 'low',
  entity: customer,
  problem: 'binary',
  label: futureLabel({
    source: orders,
    every: '1d',
    activeWithin: '14d',
    aggregation: 'count',
    horizon: '7d',
    positiveAtLeast: 1,
  }),
  features: [orderHabit, lastOrder],
  training: { hyperparameters: { num_round: 10, max_depth: 3, seed: 7 } },
} as const;
const features = [orderHabit, lastOrder];

export const returning = model({
  ...aboutOrders,
  features,
  name: 'returning',
  gates: [dataQualityGate({ minTrainRows: 100, maxMissingShare: 0.9 }), metricGate({ metric: 'auc', atLeast: 0.5 })],
});

/** No release of it can pass. */
export const demanding = model({
  ...aboutOrders,
  features,
  name: 'demanding',
  gates: [metricGate({ metric: 'auc', atLeast: 1 })],
});

/** Its container refuses the depth. */
export const misconfigured = model({
  ...aboutOrders,
  features,
  name: 'misconfigured',
  training: { hyperparameters: { num_round: 10, max_depth: -3 } },
  gates: [metricGate({ metric: 'auc', atLeast: 0.5 })],
});

/** Its view has no data. */
export const unfed = model({
  ...aboutOrders,
  features: [visitHabit],
  name: 'unfed',
  gates: [metricGate({ metric: 'auc', atLeast: 0.5 })],
});
