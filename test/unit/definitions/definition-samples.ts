import { entity } from '../../../contracts/definitions/entity.ts';
import { column, sum } from '../../../contracts/definitions/feature.ts';
import { featureView } from '../../../contracts/definitions/feature-view.ts';
import { metricGate } from '../../../contracts/definitions/gate.ts';
import { futureLabel } from '../../../contracts/definitions/label.ts';
import { source } from '../../../contracts/definitions/source.ts';

export const customer = entity({ name: 'customer', joinKeys: { customer_id: 'string' }, owner: 'team' });

export const orders = source({
  name: 'orders',
  columns: {
    customer_id: 'string',
    at: 'timestamp',
    quantity: 'int64',
    price: 'float64',
    country: 'string',
    gift: 'boolean',
  },
  eventTime: 'at',
  owner: 'team',
});

/** Valid inputs; tests change one thing. */
export const viewInput = {
  name: 'spend' as const,
  entity: customer,
  source: orders,
  features: { spend_7d: sum('quantity * price', { over: '7d' as const }) },
  ttl: '30d' as const,
  owner: 'team',
};

export const spend = featureView(viewInput);

export const profile = featureView({ ...viewInput, name: 'profile', features: { country: column() }, ttl: null });

export const labelInput = {
  source: orders,
  every: '1d' as const,
  activeWithin: '30d' as const,
  aggregation: 'count' as const,
  horizon: '14d' as const,
  positiveAtLeast: 1,
};

export const modelInput = {
  name: 'repeat',
  purpose: 'know who comes back',
  owner: 'team',
  riskClass: 'low' as const,
  entity: customer,
  problem: 'binary' as const,
  label: futureLabel(labelInput),
  features: [spend],
  training: { hyperparameters: { num_round: 10 } },
  gates: [metricGate({ metric: 'auc', atLeast: 0.7 })],
};
