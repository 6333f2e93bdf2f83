import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../core/clock.ts';
import type { ResolvedView } from '../../core/definitions/definitions.ts';
import type { Entity } from '../../core/definitions/entity.ts';
import type { Model } from '../../core/definitions/model.ts';
import type { Source } from '../../core/definitions/source.ts';
import { EARLIEST_MS, LATEST_MS } from '../../core/offline/materialization-run.ts';
import { joinPointInTime, visibleValues } from '../../core/point-in-time/join-point-in-time.ts';
import { byKey, type ViewRow } from '../../core/point-in-time/offline-row.ts';
import { trainingJoinSql } from '../../core/sql/training-join-sql.ts';
import { viewRowsSql } from '../../core/sql/view-rows-sql.ts';
import { AthenaLab, DATABASE } from '../property/sql/athena-lab.ts';
import { sharedFile } from './shared-data.ts';

/**
 * Values measured outside this project on the Online Retail data set (UCI 352): feature = total of an invoice at the
 * time of its first line, customer known, equal times to the greater invoice number; asked at the 1,236 invoices of
 * January 2011.
 */
const GOLDEN = [
  { rule: 'ts <= t (sees the invoice itself)', lagMs: 0, ttlMs: null, matched: 1_236, sum: '475570.45' },
  { rule: 'ts < t, as a lag of 1 ms', lagMs: 1, ttlMs: null, matched: 814, sum: '413011.39' },
  { rule: 't - 30 d <= ts < t', lagMs: 1, ttlMs: 30 * DAY_MS, matched: 611, sum: '345651.70' },
];

const [FROM_MS, TO_MS] = [Date.parse('2011-01-01T00:00:00Z'), Date.parse('2011-02-01T00:00:00Z')];
const file = sharedFile('online_retail', 'online_retail.parquet');
const described = { description: '', owner: '' };

const CUSTOMER: Entity = {
  kind: 'entity',
  name: 'customer',
  joinKeys: [{ name: 'customer_id', type: 'int64' }],
  ...described,
};
const INVOICES: Source = {
  kind: 'source',
  name: 'invoices',
  columns: [
    { name: 'customer', from: 'customer', type: 'int64', required: true },
    { name: 'total', from: 'total', type: 'float64', required: true },
  ],
  eventTime: { fixedMs: 0 },
  knownAtColumn: null,
  lagMs: 0,
  eventIdColumn: null,
  csv: { delimiter: ',', skipLines: 0, header: true, nulls: [] },
  ...described,
};

function invoiceView(ttlMs: number | null): ResolvedView {
  const view = {
    kind: 'featureView' as const,
    name: 'last_invoice',
    entity: 'customer',
    source: 'invoices',
    keyColumns: ['customer'],
    features: [
      {
        name: 'total',
        type: 'float64' as const,
        compute: { kind: 'column' as const, column: 'total' },
        description: '',
      },
    ],
    ttlMs,
    scheduleMs: DAY_MS,
    freshnessMs: null,
    stream: null,
    expectations: [],
    ...described,
  };
  return { view, entity: CUSTOMER, source: INVOICES, version: '0123456789ab' };
}

const MODEL = {
  label: {
    kind: 'observed',
    source: 'invoices',
    keyColumns: ['customer'],
    value: 'total',
    where: null,
    horizonMs: 0,
    context: [],
  },
  features: [{ view: 'last_invoice', feature: 'total' }],
  segments: [],
} as unknown as Model; // all that a join reads

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
  if (file === null) return;
  await lab.connection.run(`CREATE TABLE invoices AS
    SELECT CustomerID AS customer, InvoiceNo AS invoice, round(sum(Quantity * UnitPrice), 2) AS total,
      epoch_ms(min(InvoiceDate)) AS event_time_ms
    FROM '${file}' WHERE CustomerID IS NOT NULL GROUP BY 1, 2`);
});
afterAll(() => lab.close());

describe.skipIf(file === null)('Online Retail, when the shared data sets are there', () => {
  it('has the invoices the values were measured on', async () => {
    const invoices = await lab.connection.runAndReadAll('SELECT count(*) FROM invoices');
    expect(invoices.getRows()).toEqual([[22_190n]]);
  });

  it.each(GOLDEN)('SQL gives the golden values for $rule', async ({ lagMs, ttlMs, matched, sum }) => {
    await lab.connection.run(`CREATE OR REPLACE TABLE source_invoices AS
      SELECT customer, total, event_time_ms, event_time_ms + ${lagMs} AS known_at_ms, 1 AS loaded_at_ms,
        row_number() OVER (ORDER BY invoice) AS seq, '1970-01-01' AS loaded_day FROM invoices`);
    const view = invoiceView(ttlMs);
    const source = { database: DATABASE, table: 'source_invoices', watermarkMs: 2 };
    const run = { fromMs: EARLIEST_MS, toMs: LATEST_MS, loadedFromMs: 0, watermarkMs: 2, loadedAtMs: 3, isFirst: true };
    await lab.keep('rows_of_view', viewRowsSql(view, source, run));
    await lab.connection.run(
      `CREATE OR REPLACE TABLE view_last_invoice AS SELECT *, '1970-01-01' AS loaded_day FROM rows_of_view`,
    );
    const labels = {
      source: INVOICES,
      table: source,
      scope: { asOfMs: TO_MS, newestEventMs: TO_MS - 1, labelsFromMs: FROM_MS },
      oldestEventMs: 0,
    };
    const table = { database: DATABASE, table: 'view_last_invoice', watermarkMs: 3 };
    const rows = await lab.run(trainingJoinSql(MODEL, CUSTOMER, labels, [{ resolved: view, table }], []));
    expect(rows.length).toBe(1_236);
    expect(summary(rows.map((row) => row['last_invoice__total'] as number | null))).toEqual({ matched, sum });
  });

  it.each(GOLDEN)('the oracle gives the golden values for $rule', async ({ lagMs, ttlMs, matched, sum }) => {
    const reader = await lab.connection.runAndReadAll(
      'SELECT customer, total, event_time_ms, row_number() OVER (ORDER BY invoice) AS seq FROM invoices',
    );
    const rows = reader.getRows().map(([customer, total, eventTime, seq]): ViewRow => {
      const eventTimeMs = Number(eventTime);
      const times = { eventTimeMs, knownAtMs: eventTimeMs + lagMs, loadedAtMs: 1, seq: Number(seq) };
      return { key: [Number(customer)], values: [total as number], ...times };
    });
    const ofCustomer = new Map(byKey(rows, ({ key }) => key).map((entity) => [entity.key[0], entity.rows]));
    const values = rows
      .filter(({ eventTimeMs }) => eventTimeMs >= FROM_MS && eventTimeMs < TO_MS)
      .map(({ key, eventTimeMs }) => {
        const [visible] = joinPointInTime([{ key, timeMs: eventTimeMs }], ofCustomer.get(key[0])!, ttlMs);
        return visibleValues(visible!, 1)[0] as number | null;
      });
    expect(summary(values)).toEqual({ matched, sum });
  });
});

function summary(totals: readonly (number | null)[]): { matched: number; sum: string } {
  const seen = totals.filter((total) => total !== null);
  return { matched: seen.length, sum: seen.reduce((sum, total) => sum + total, 0).toFixed(2) };
}
