import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../core/clock.ts';
import { EARLIEST_MS, LATEST_MS, type MaterializationRun } from '../../../core/offline/materialization-run.ts';
import { computeViewRows } from '../../../core/point-in-time/compute-view-rows.ts';
import { viewRowsSql } from '../../../core/sql/view-rows-sql.ts';
import { AthenaLab, DATABASE } from './athena-lab.ts';
import { aggregatedView, inOrder, named, ofOne, SALES_COLUMNS, SEED, sales, salesTable, viewOf } from './histories.ts';

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
});
afterAll(() => lab.close());

const range = fc.constantFrom([-5, 30], [-3, 6], [4, 5], [6, 26], [0.3, 7.9], [20, 20]).map(([from, to]) => ({
  fromMs: from! * HOUR_MS,
  toMs: to! * HOUR_MS,
}));

const run: fc.Arbitrary<MaterializationRun> = fc
  .record({
    range,
    watermarkMs: fc.constantFrom(1_000, 2_500, 3_000),
    isFirst: fc.boolean(),
  })
  .map(({ range: { fromMs, toMs }, ...rest }) => ({ fromMs, toMs, loadedFromMs: 0, loadedAtMs: 9 * HOUR_MS, ...rest }));

async function expectSame(
  resolved: Parameters<typeof viewRowsSql>[0],
  rows: Parameters<typeof salesTable>[0],
  ask: MaterializationRun,
) {
  await lab.table('source_sales', SALES_COLUMNS, salesTable(rows));
  const table = { database: DATABASE, table: 'source_sales', watermarkMs: ask.watermarkMs };
  const found = await lab.run(viewRowsSql(resolved, table, ask));
  const wanted = computeViewRows(resolved, rows, ask).map((row) => named(resolved, row));
  expect(inOrder(found)).toEqual(inOrder(wanted));
  return wanted.length;
}

describe(`viewRowsSql says what computeViewRows says (seed ${SEED})`, () => {
  const cases = fc.sample(fc.tuple(aggregatedView, sales, run), { seed: SEED, numRuns: 20 });

  test.each(cases.map((one, i) => [i, ...one] as const))(
    'windowed aggregates of 40 visitors, case %i',
    async (_, resolved, rows, ask) => {
      await expectSame(resolved, rows, ask);
    },
  );

  test.each(cases.slice(0, 6).map((one, i) => [i, ...one] as const))(
    'windowed aggregates of an entity without join keys, case %i',
    async (_, resolved, rows, ask) => {
      await expectSame(ofOne(resolved), rows.slice(0, 60), ask);
    },
  );

  test('the cases compute thousands of rows', () => {
    const rows = cases.map(([resolved, history, ask]) => computeViewRows(resolved, history, ask).length);
    expect(rows.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(2_500);
  });

  test('a month of days, whose blocks of ticks are longer than 32-bit integers can double', async () => {
    const month = { input: 'amount', where: null, windowMs: 30 * DAY_MS };
    const view = viewOf(
      (['min', 'max'] as const).map((aggregation) => ({
        name: aggregation,
        type: 'float64',
        compute: { kind: 'aggregate', aggregation, ...month },
        description: '',
      })),
      DAY_MS,
      null,
    );
    const [rows] = fc.sample(sales, { seed: SEED, numRuns: 1 });
    const ask = {
      fromMs: -DAY_MS,
      toMs: 40 * DAY_MS,
      loadedFromMs: 0,
      watermarkMs: 3_000,
      loadedAtMs: 9,
      isFirst: true,
    };
    expect(await expectSame(view, rows!, ask)).toBeGreaterThan(1_000);
  });

  const single = viewOf(
    [
      { name: 'amount', type: 'float64', compute: { kind: 'column', column: 'amount' }, description: '' },
      { name: 'price', type: 'float64', compute: { kind: 'expression', sql: 'amount / items' }, description: '' },
      { name: 'product', type: 'string', compute: { kind: 'column', column: 'product' }, description: '' },
      {
        name: 'late',
        type: 'boolean',
        compute: { kind: 'expression', sql: 'returned and items > 2' },
        description: '',
      },
    ],
    HOUR_MS,
    null,
  );

  test.each([
    ['the first run', { fromMs: EARLIEST_MS, toMs: LATEST_MS, loadedFromMs: 0, watermarkMs: 2_000, isFirst: true }],
    [
      'what was loaded since',
      { fromMs: EARLIEST_MS, toMs: LATEST_MS, loadedFromMs: 1_000, watermarkMs: 3_000, isFirst: false },
    ],
    ['a backfill of hours', { fromMs: 0, toMs: 5 * HOUR_MS, loadedFromMs: 0, watermarkMs: 3_000, isFirst: false }],
  ] as const)('single rows, %s', async (_, ask) => {
    const [rows] = fc.sample(sales, { seed: SEED, numRuns: 1 });
    expect(await expectSame(single, rows!, { ...ask, loadedAtMs: 9 * HOUR_MS })).toBeGreaterThan(20);
    expect(await expectSame(ofOne(single), rows!, { ...ask, loadedAtMs: 9 * HOUR_MS })).toBeGreaterThan(20);
  });
});
