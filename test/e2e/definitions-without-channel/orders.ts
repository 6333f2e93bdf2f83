import {
  count,
  dataQualityGate,
  entity,
  expression,
  featureView,
  futureLabel,
  metricGate,
  model,
  regressionGate,
  source,
  sum,
} from '#headgate';

const owner = 'shop';

export const customer = entity({ name: 'customer', joinKeys: { customer_id: 'int64' }, owner });

export const orders = source({
  name: 'orders',
  columns: {
    order_id: { type: 'string', required: true },
    customer_id: 'int64',
    ordered_at: 'timestamp',
    amount: { type: 'float64', required: true },
  },
  eventTime: 'ordered_at',
  owner,
});

/** Windows that move at midnight UTC. */
export const orderHabit = featureView({
  name: 'order_habit',
  entity: customer,
  source: orders,
  features: {
    orders_7d: count({ over: '7d' }),
    orders_28d: count({ over: '28d' }),
    spend_28d: sum('amount', { over: '28d' }),
  },
  ttl: '28d',
  schedule: '1d',
  freshness: '2d',
  owner,
});

/** Values of the newest row. */
export const lastOrder = featureView({
  name: 'last_order',
  entity: customer,
  source: orders,
  features: { amount_cents: expression('round(amount * 100)') },
  ttl: null,
  owner,
});

export const returning = model({
  name: 'returning',
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
  training: { hyperparameters: { num_round: 20, max_depth: 3, eta: 0.3, seed: 7 } },
  gates: [
    dataQualityGate({ minTrainRows: 500, maxMissingShare: 0.6 }),
    metricGate({ metric: 'auc', atLeast: 0.6, minRows: 100 }),
    regressionGate({ metric: 'auc', margin: 0.05 }),
  ],
  rollout: { shadow: false, canary: false, watch: false },
});
