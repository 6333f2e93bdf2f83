import { column, entity, featureView, metricGate, model, observedLabel, source } from '#headgate';

const owner = 'trials@headgate.example';

export const customer = entity({ name: 'customer', joinKeys: { customer_id: 'int64' }, owner });

/** One row per invoice, as `write-invoice-totals.ts` makes them. */
const invoice = {
  columns: {
    customer_id: 'int64',
    invoice_no: 'string',
    invoiced_at: 'timestamp',
    total: { type: 'float64', required: true },
  },
  eventTime: 'invoiced_at',
  owner,
} as const;

/** Known the moment they happen, so that a row at t sees the invoice it stands for: a leak, on purpose. */
export const invoices = source({ name: 'invoices', ...invoice });

/** Known a moment later, so that only invoices before t are seen. */
export const settledInvoices = source({ name: 'settled_invoices', lag: '1ms', ...invoice });

const lastTotal = { entity: customer, features: { total: column() }, owner } as const;

export const atOrBefore = featureView({ name: 'at_or_before', source: invoices, ttl: null, ...lastTotal });
export const before = featureView({ name: 'before', source: settledInvoices, ttl: null, ...lastTotal });
export const within30d = featureView({ name: 'within_30d', source: settledInvoices, ttl: '30d', ...lastTotal });

/** A row for each invoice of January 2011. Only the training sets matter: the gate lets no model in front of traffic. */
const asked = {
  purpose: 'Counts what a point-in-time join sees',
  owner,
  riskClass: 'low',
  entity: customer,
  problem: 'regression',
  label: observedLabel({
    source: invoices,
    value: 'total',
    where: "invoiced_at >= timestamp '2011-01-01' and invoiced_at < timestamp '2011-02-01'",
  }),
  split: { by: 'entity' },
  training: { hyperparameters: { num_round: 1 } },
  gates: [metricGate({ metric: 'rmse', atMost: 0 })],
} as const;

export const seesAtOrBefore = model({
  ...asked,
  name: 'sees_at_or_before',
  features: [atOrBefore],
  gates: [...asked.gates],
});
export const seesBefore = model({ ...asked, name: 'sees_before', features: [before], gates: [...asked.gates] });
export const seesWithin30d = model({
  ...asked,
  name: 'sees_within_30d',
  features: [within30d],
  gates: [...asked.gates],
});
