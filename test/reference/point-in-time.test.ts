import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../core/clock.ts';
import type { Model } from '../../core/definitions/model.ts';
import { joinPointInTime, visibleValues } from '../../core/point-in-time/join-point-in-time.ts';
import type { ViewRow } from '../../core/point-in-time/offline-row.ts';
import { trainingJoinSql } from '../../core/sql/training-join-sql.ts';
import { AthenaLab, DATABASE } from '../property/sql/athena-lab.ts';
import {
  SALES,
  SALES_COLUMNS,
  salesTable,
  VISITOR,
  viewColumns,
  viewOf,
  viewTableRows,
} from '../property/sql/histories.ts';
import reference from './point-in-time.json' with { type: 'json' };

type Case = (typeof reference.cases)[number];
type Key = readonly (string | number | null)[];

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
});
afterAll(() => lab.close());

const at = (days: number) => Math.round(days * DAY_MS);

const viewFor = ({ ttlDays }: Case) =>
  viewOf(
    [{ name: 'amount', type: 'float64', compute: { kind: 'column', column: 'amount' }, description: '' }],
    HOUR_MS,
    ttlDays === null ? null : at(ttlDays),
  );

const viewRows = ({ rows }: Case): readonly ViewRow[] =>
  rows.map(({ key, event, known, loaded, value }, seq) => ({
    key: key as [string, number], // as the file writes them
    values: [value],
    eventTimeMs: at(event),
    knownAtMs: at(known),
    loadedAtMs: loaded,
    seq,
  }));

/** The entity rows as sales that are labels themselves; the number of the ask comes back as the label. */
async function joinedBySql(one: Case): Promise<readonly unknown[]> {
  const view = viewFor(one);
  const sales = one.asks.map(({ key, at: day }, i) => ({
    values: { customer: key[0] as string | null, shop: key[1] as number | null, items: i },
    eventTimeMs: at(day),
    knownAtMs: at(day),
    loadedAtMs: 1,
    seq: i,
    servedAtMs: null,
  }));
  await lab.table('source_sales', SALES_COLUMNS, salesTable(sales));
  await lab.table('view_visits', viewColumns(view), viewTableRows(view, viewRows(one)));
  const label = {
    kind: 'observed',
    source: 'sales',
    keyColumns: ['customer', 'shop'],
    value: 'items',
    where: null,
    horizonMs: 0,
    context: [],
  };
  const model = { label, features: [{ view: 'visits', feature: 'amount' }], segments: [] } as unknown as Model; // all that a join reads
  const labels = {
    source: SALES,
    table: { database: DATABASE, table: 'source_sales', watermarkMs: 9 },
    scope: { asOfMs: at(99), newestEventMs: at(99), labelsFromMs: null },
    oldestEventMs: 0,
  };
  const table = { database: DATABASE, table: 'view_visits', watermarkMs: 9 };
  const rows = await lab.run(trainingJoinSql(model, VISITOR, labels, [{ resolved: view, table }], []));
  expect(rows.length).toBe(one.asks.length);
  return one.asks.map((_, i) => rows.find((row) => row['label'] === i)?.['visits__amount']);
}

describe('the point-in-time rule', () => {
  it.each(reference.cases)('oracle: $why', (one) => {
    const spine = one.asks.map(({ key, at: day }) => ({ key: key as Key, timeMs: at(day) }));
    const found = joinPointInTime(spine, viewRows(one), viewFor(one).view.ttlMs);
    expect(found.map((row) => visibleValues(row, 1)[0])).toEqual(one.asks.map(({ value }) => value));
  });

  it.each(reference.cases)('Athena SQL: $why', async (one) => {
    expect(await joinedBySql(one)).toEqual(one.asks.map(({ value }) => value));
  });

  it('says that a row is outside the TTL, and not that there is none', () => {
    const [row] = viewRows(reference.cases[4]!);
    const spine = [9, 10, 13].map((day) => ({ key: ['a', 1], timeMs: at(day) }));
    const statuses = joinPointInTime(spine, [row!], at(2)).map((one) => one.status);
    expect(statuses).toEqual(['NOT_FOUND', 'PRESENT', 'OUTSIDE_MAX_AGE']);
  });
});
