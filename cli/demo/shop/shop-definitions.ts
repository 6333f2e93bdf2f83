import {
  column,
  costGate,
  count,
  dataQualityGate,
  entity,
  expression,
  featureView,
  metricGate,
  model,
  observedLabel,
  onDemandFeatureView,
  regressionGate,
  source,
  sum,
} from '#headgate';

const owner = 'shop-growth';

export interface ShopReading {
  /** What the training makes of the recorded visits; requests bring euros and minutes. */
  readonly units: 'euros-and-minutes' | 'cents-and-seconds';
}

/**
 * What the demonstration runs: a shop asks, for every visit, whether it will end in a purchase, and gives a voucher where it
 * will not. The durations fit a region at thirty times its speed; those of a phase are what the clock on the wall says.
 */
export function shopDefinitions({ units }: ShopReading) {
  const customer = entity({
    name: 'customer',
    joinKeys: { customer_id: 'string' },
    description: 'Somebody with an account',
    owner,
  });

  const accounts = source({
    name: 'accounts',
    columns: {
      customer_id: 'string',
      changed_at: 'timestamp',
      country: 'string',
      newsletter: 'boolean',
      birth_year: 'int64',
    },
    eventTime: 'changed_at',
    description: 'Accounts as the customers filled them in',
    owner,
  });

  const orders = source({
    name: 'orders',
    columns: {
      order_id: { type: 'string', required: true },
      customer_id: 'string',
      ordered_at: 'timestamp',
      total: { type: 'float64', required: true },
    },
    eventTime: 'ordered_at',
    description: 'Orders from the till system',
    owner,
  });

  /** One row per visit, written when it has ended. */
  const visits = source({
    name: 'visits',
    columns: {
      visit_id: { type: 'string', required: true },
      customer_id: 'string',
      visited_at: 'timestamp',
      device: 'string',
      basket: 'float64',
      minutes: 'float64',
      bought: { type: 'boolean', required: true },
    },
    eventTime: 'visited_at',
    description: 'Visits of the shop, and whether they ended in a purchase',
    owner,
  });

  const account = featureView({
    name: 'account',
    entity: customer,
    source: accounts,
    features: { country: column(), newsletter: column(), age: expression('2027 - birth_year') },
    ttl: null,
    description: 'Who somebody is',
    owner,
  });

  const habit = featureView({
    name: 'habit',
    entity: customer,
    source: orders,
    features: { orders_30d: count({ over: '30d' }), spend_30d: sum('total', { over: '30d' }) },
    ttl: '30d',
    schedule: '1d',
    description: 'What somebody bought lately, as of midnight',
    owner,
  });

  /** The last visit, for people who look around; no input of the model. */
  const lastVisit = featureView({
    name: 'last_visit',
    entity: customer,
    source: visits,
    features: { device: column(), bought: column() },
    ttl: null,
    description: 'How the last visit ended',
    owner,
  });

  const visit = onDemandFeatureView({
    name: 'visit',
    request: { basket: 'float64', minutes: 'float64', device: 'string' },
    features: ({ request }) => ({ basket: request.basket, minutes: request.minutes, device: request.device }),
    description: 'What the visit is like while the model is asked',
    owner,
  });

  const willBuy = model({
    name: 'will_buy',
    purpose: 'Give a voucher where a visit would end without a purchase',
    owner,
    riskClass: 'limited',
    entity: customer,
    problem: 'binary',
    label: observedLabel({
      source: visits,
      value: 'bought',
      context:
        units === 'euros-and-minutes'
          ? { basket: 'basket', minutes: 'minutes', device: 'device' }
          : { basket: 'basket * 100', minutes: 'minutes * 60', device: 'device' },
    }),
    features: [visit, account, habit],
    training: {
      hyperparameters: { num_round: 60, max_depth: 4, eta: 0.15, subsample: 0.9, min_child_weight: 5, seed: 7 },
    },
    // the newest rows are few: the campaign is half a minute old when it has to be learned
    split: { by: 'time', validationShare: 0.02, testShare: 0.06 },
    gates: [
      dataQualityGate({ minTrainRows: 3_000, maxMissingShare: 0.2 }),
      metricGate({ metric: 'auc', atLeast: 0.7, minRows: 200 }),
      regressionGate({ metric: 'auc', margin: 0.02 }),
      costGate({ perThousand: 0.05, requestsPerSecond: 10 }),
    ],
    rollout: {
      // who comes to the shop may change, and with it two decisions in five
      shadow: { requests: 300, within: '5m', grace: '50ms', maxDecisionFlips: 0.42, maxScoreDifference: 0.38 },
      canary: { steps: [0.5], entities: 150, bake: '2s', within: '5m' },
      watch: { for: '4s', holdback: 0.1 },
      judge: {
        every: '3s',
        errors: { margin: 0.05, max: 0.1 },
        latency: { quantile: 0.5, maxRatio: 5 },
        predictions: { margin: 0.6 },
        missing: { margin: 0.2 },
      },
    },
    monitoring: {
      drift: { every: '5m', window: '1m', persistence: { scans: 2, of: 3 } },
      performance: { maturity: '0s', window: '1m', minOutcomes: 200 },
      // the first training counts: once more by itself, and then a person has to ask
      retraining: { cooldown: '15s', maxPerWeek: 2, maxUnhelpful: 5 },
    },
  });

  return { customer, accounts, orders, visits, account, habit, lastVisit, visit, willBuy };
}
