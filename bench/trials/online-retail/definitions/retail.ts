import {
  count,
  countDistinct,
  dataQualityGate,
  entity,
  featureView,
  futureLabel,
  max,
  mean,
  metricGate,
  model,
  regressionGate,
  source,
  sum,
} from '#headgate';

const owner = 'trials@headgate.example';

export const customer = entity({
  name: 'customer',
  joinKeys: { customer_id: 'int64' },
  description: 'A wholesale customer',
  owner,
});

/** One line of an invoice; returns have a negative quantity. */
export const invoiceLines = source({
  name: 'invoice_lines',
  columns: {
    invoice_no: { type: 'string', from: 'InvoiceNo' },
    stock_code: { type: 'string', from: 'StockCode' },
    quantity: { type: 'int64', from: 'Quantity' },
    invoiced_at: { type: 'timestamp', from: 'InvoiceDate' },
    unit_price: { type: 'float64', from: 'UnitPrice' },
    customer_id: { type: 'int64', from: 'CustomerID' },
    country: { type: 'string', from: 'Country' },
  },
  eventTime: 'invoiced_at',
  owner,
});

const spent = 'quantity * unit_price';

export const purchases = featureView({
  name: 'purchases',
  entity: customer,
  source: invoiceLines,
  features: {
    spend_7d: sum(spent, { over: '7d' }),
    spend_30d: sum(spent, { over: '30d' }),
    spend_90d: sum(spent, { over: '90d' }),
    invoices_7d: countDistinct('invoice_no', { over: '7d', where: 'quantity > 0' }),
    invoices_30d: countDistinct('invoice_no', { over: '30d', where: 'quantity > 0' }),
    invoices_90d: countDistinct('invoice_no', { over: '90d', where: 'quantity > 0' }),
    returns_90d: count({ over: '90d', where: 'quantity < 0' }),
    products_90d: countDistinct('stock_code', { over: '90d' }),
    mean_line_90d: mean(spent, { over: '90d', where: 'quantity > 0' }),
    largest_line_90d: max(spent, { over: '90d', where: 'quantity > 0' }),
  },
  ttl: null,
  owner,
});

export const buysAgain = model({
  name: 'buys_again',
  purpose: 'Whom to leave alone with a win-back offer: says whether a customer buys within 30 days',
  owner,
  riskClass: 'low',
  entity: customer,
  problem: 'binary',
  label: futureLabel({
    source: invoiceLines,
    every: '7d',
    activeWithin: '90d',
    aggregation: 'count',
    where: 'quantity > 0',
    horizon: '30d',
    positiveAtLeast: 1,
  }),
  features: [purchases],
  training: { hyperparameters: { num_round: 100, max_depth: 4, eta: 0.1, seed: 7 } },
  gates: [
    metricGate({ metric: 'auc', atLeast: 0.65, minRows: 1000 }),
    regressionGate({ metric: 'auc', margin: 0.01 }),
    dataQualityGate({ minTrainRows: 10_000, maxMissingShare: 0.9 }),
  ],
});
