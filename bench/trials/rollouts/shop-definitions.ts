import {
  column,
  count,
  dataQualityGate,
  entity,
  expression,
  fairnessGate,
  featureView,
  futureLabel,
  latencyGate,
  metricGate,
  model,
  regressionGate,
  source,
  sum,
} from '#headgate';
import { ROUNDS } from './rounds.ts';
import { type ShopPace, TRIAL_PACE } from './shop-pace.ts';

/*
 * One shop and a model for each way in which a release can be bad. `before` every model is fine; `after`, each has the
 * fault that its name says, and its next release has to be stopped by the stage named beside it.
 */

const owner = 'trial';

export interface ShopOptions {
  /** Whether the faults are there. */
  readonly isAfter: boolean;
  /** @default TRIAL_PACE */
  readonly pace?: ShopPace;
  /** A person has to agree to the next release of `good`. @default false */
  readonly isReviewed?: boolean;
}

export function shopDefinitions({ isAfter, pace = TRIAL_PACE, isReviewed = false }: ShopOptions) {
  const { shadow, canary, watch, longWatch, judge } = pace;
  const approval = { within: '1h' } as const;
  const customer = entity({ name: 'customer', joinKeys: { customer_id: 'int64' }, owner });

  const orders = source({
    name: 'orders',
    columns: {
      order_id: { type: 'string', required: true },
      customer_id: 'int64',
      ordered_at: 'timestamp',
      amount: { type: 'float64', required: true },
      region: 'string',
    },
    eventTime: 'ordered_at',
    owner,
  });

  /** Its newest rows are some days old: nobody noticed that they stopped coming. */
  const visits = source({
    name: 'visits',
    columns: {
      visit_id: { type: 'string', required: true },
      customer_id: 'int64',
      visited_at: 'timestamp',
      pages: 'int64',
      seconds: 'int64',
    },
    eventTime: 'visited_at',
    owner,
  });

  const orderHabit = featureView({
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
    owner,
  });

  const lastOrder = featureView({
    name: 'last_order',
    entity: customer,
    source: orders,
    features: { amount: column(), region: column() },
    ttl: null,
    owner,
  });

  const lastVisit = featureView({
    name: 'last_visit',
    entity: customer,
    source: visits,
    features: { pages: column(), seconds: column() },
    ttl: isAfter ? '3d' : '28d',
    owner,
  });

  const orderValue = featureView({
    name: 'order_value',
    entity: customer,
    source: orders,
    features: { cents: expression(isAfter ? 'round(amount * 10)' : 'round(amount * 100)') },
    ttl: isAfter ? '21d' : '28d',
    owner,
  });

  const returns = {
    source: orders,
    every: '1d',
    activeWithin: '14d',
    horizon: '7d',
    aggregation: 'count',
    positiveAtLeast: 1,
  } as const;

  const rounds = (after: number) => ({
    training: { hyperparameters: { num_round: isAfter ? after : ROUNDS.fine, max_depth: 3, eta: 0.3, seed: 7 } },
  });
  const gates = [
    dataQualityGate({ minTrainRows: 500, maxMissingShare: 0.9 }),
    metricGate({ metric: 'auc', atLeast: 0.6, minRows: 100 }),
    regressionGate({ metric: 'auc', margin: 0.1 }),
  ];
  const common: Omit<Parameters<typeof model>[0], 'name' | 'training'> = {
    purpose: 'Tell who orders again within a week',
    owner,
    riskClass: 'low',
    entity: customer,
    problem: 'binary',
    label: futureLabel(returns),
    features: [orderHabit, 'last_order:amount'],
    gates,
    rollout: { shadow, canary, watch, judge },
  };

  /** Promoted. */
  const good = model({
    ...common,
    name: 'good',
    ...rounds(ROUNDS.better),
    rollout: { ...(isAfter && isReviewed && { approval }), shadow, canary, watch, judge },
  });

  /** Its labels are the wrong way round, which no gate can see that judges by labels. Stopped in shadow. */
  const wrong = model({
    ...common,
    name: 'wrong',
    ...rounds(ROUNDS.better),
    ...(isAfter && { label: futureLabel({ ...returns, aggregation: 'sum', input: '-1', positiveAtLeast: 0 }) }),
  });

  /** Its container takes 80 ms. Stopped by the latency gate, before any traffic. */
  const slow = model({
    ...common,
    name: 'slow',
    ...rounds(ROUNDS.slow),
    gates: [...gates, latencyGate({ quantile: 0.9, atMost: '40ms', requestsPerSecond: 20, for: '5s' })],
  });

  /** Its container fails three requests in ten. There is no shadow: stopped in canary. */
  const erroring = model({
    ...common,
    name: 'erroring',
    ...rounds(ROUNDS.erroring),
    rollout: { shadow: false, canary, watch, judge },
  });

  /** Trained with another weight of the classes, its scores are far too high. There is no shadow: stopped in canary. */
  const shifted = model({
    ...common,
    name: 'shifted',
    training: {
      hyperparameters: {
        num_round: ROUNDS.fine,
        max_depth: 3,
        eta: 0.3,
        seed: 7,
        ...(isAfter && { scale_pos_weight: 12 }),
      },
    },
    rollout: { shadow: false, canary, watch, judge },
  });

  /** Only orders of the north count as coming back, so the south is never chosen. Stopped by the fairness gate. */
  const unfair = model({
    ...common,
    name: 'unfair',
    ...rounds(ROUNDS.better),
    ...(isAfter && { label: futureLabel({ ...returns, where: "region = 'north'" }) }),
    features: [orderHabit, 'last_order:amount', 'last_order:region'],
    segments: ['last_order:region'],
    gates: [
      ...gates,
      fairnessGate({
        attribute: 'last_order:region',
        criterion: 'demographic_parity',
        measure: 'difference',
        limit: 0.3,
        minGroupSize: 100,
      }),
    ],
  });

  /** Its new version of a view calls values old that training still saw. Stopped in shadow: inputs are missing. */
  const stale = model({ ...common, name: 'stale', ...rounds(ROUNDS.better), features: [orderHabit, lastVisit] });

  /** A person has to agree, and meanwhile somebody changes the artifact. Stopped when it is to be deployed. */
  const corrupt = model({
    ...common,
    name: 'corrupt',
    ...rounds(ROUNDS.better),
    rollout: { ...(isAfter && { approval }), shadow, canary, watch, judge },
  });

  /** Its container works until it has answered some thousand requests. Stopped in the watch after its promotion. */
  const bomb = model({
    ...common,
    name: 'bomb',
    ...rounds(ROUNDS.bomb),
    rollout: { shadow: false, canary, watch: longWatch, judge },
  });

  /** Nothing is wrong with it: model, TTL and transform change together, and a person takes it back during the watch. */
  const undone = model({
    ...common,
    name: 'undone',
    ...rounds(ROUNDS.better),
    features: [orderHabit, orderValue],
    rollout: { shadow: false, canary, watch: longWatch, judge },
  });

  return {
    customer,
    orders,
    visits,
    orderHabit,
    lastOrder,
    lastVisit,
    orderValue,
    good,
    wrong,
    slow,
    erroring,
    shifted,
    unfair,
    stale,
    corrupt,
    bomb,
    undone,
  };
}
