import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { HOUR_MS } from '../../../core/clock.ts';
import type { ResolvedView } from '../../../core/definitions/definitions.ts';
import type { Expectation, RowExpectation } from '../../../core/definitions/expectation.ts';
import { EARLIEST_MS, LATEST_MS } from '../../../core/offline/materialization-run.ts';
import { computeViewRows } from '../../../core/point-in-time/compute-view-rows.ts';
import type { SourceRow } from '../../../core/point-in-time/offline-row.ts';
import { admission, admissionSql } from '../../../core/quality/admission.ts';
import type { JudgedRows } from '../../../core/quality/judged-rows.ts';
import { measureSql, setAsideSql } from '../../../core/quality/measure-sql.ts';
import { joinSql, rawSql, sql } from '../../../core/sql/sql.ts';
import { viewRowsSql } from '../../../core/sql/view-rows-sql.ts';
import { AthenaLab, DATABASE } from './athena-lab.ts';
import { aggregatedView, inOrder, named, SALES_COLUMNS, SEED, sales, salesTable, viewOf } from './histories.ts';

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
});
afterAll(() => lab.close());

/** Conditions that are true, false and null on the histories, alone and together. */
const CONDITIONS = [
  'amount >= 0',
  'items between 1 and 3',
  "product in ('tea', 'milk')",
  'returned is not null',
  'not returned',
  'amount / items < 2',
  "amount > 1 or product = 'tea'",
];

const rules = fc
  .tuple(fc.subarray(CONDITIONS, { minLength: 1, maxLength: 3 }), fc.constantFrom('quarantine', 'block', 'warn'))
  .map(([conditions, severity]) =>
    conditions.map((condition, i): RowExpectation => {
      const rule = i === 0 ? 'quarantine' : (severity as RowExpectation['severity']);
      return { kind: 'row', name: `rule_${i}`, condition, severity: rule, maxShare: 0 };
    }),
  );

const single = viewOf(
  [
    { name: 'amount', type: 'float64', compute: { kind: 'column', column: 'amount' }, description: '' },
    { name: 'product', type: 'string', compute: { kind: 'column', column: 'product' }, description: '' },
  ],
  HOUR_MS,
  null,
);

function expecting(resolved: ResolvedView, expectations: readonly Expectation[]): ResolvedView {
  return { ...resolved, view: { ...resolved.view, expectations } };
}

const source = (watermarkMs: number) => ({ database: DATABASE, table: 'source_sales', watermarkMs });
const load = (rows: readonly SourceRow[]) => lab.table('source_sales', SALES_COLUMNS, salesTable(rows));
const ALL: JudgedRows = { fromMs: EARLIEST_MS, toMs: LATEST_MS, loadedFromMs: 0, watermarkMs: 5_000 };
const place = ({ loadedAtMs, seq }: { loadedAtMs: unknown; seq: unknown }) => `${loadedAtMs}/${seq}`;

describe(`a quarantine rule means the same in the closure and in SQL (seed ${SEED})`, () => {
  const cases = fc.sample(fc.tuple(rules, sales), { seed: SEED, numRuns: 15 });

  test.each(cases.map((one, i) => [i, ...one] as const))('row by row, case %i', async (_, expectations, rows) => {
    const resolved = expecting(single, expectations);
    await load(rows);
    const where = joinSql([rawSql('true'), ...admissionSql(resolved, 'r')], ' and ');
    const admitted = await lab.run(
      sql`select r."loaded_at_ms" as "l", r."seq" as "s" from "source_sales" r where ${where}`,
    );
    const brokenRules = admission(resolved);
    const wanted = rows.filter((row) => brokenRules(row.values).length === 0);
    expect(admitted.map((row) => place({ loadedAtMs: row['l'], seq: row['s'] })).sort()).toEqual(
      wanted.map(place).sort(),
    );

    const aside = await lab.run(setAsideSql(resolved, source(ALL.watermarkMs), ALL));
    const found = aside.map((row) => [place({ loadedAtMs: row['loaded_at_ms'], seq: row['seq'] }), row['hg_rules']]);
    const broken = rows.flatMap((row) => {
      const names = brokenRules(row.values);
      return names.length === 0 ? [] : [[place(row), names.join(',')]];
    });
    expect(found.sort()).toEqual(broken.sort());
  });

  test('the cases admit and refuse hundreds of rows', () => {
    const verdicts = cases.flatMap(([expectations, rows]) => {
      const brokenRules = admission(expecting(single, expectations));
      return rows.map((row) => brokenRules(row.values).length === 0);
    });
    expect(verdicts.filter((isAdmitted) => isAdmitted).length).toBeGreaterThan(300);
    expect(verdicts.filter((isAdmitted) => !isAdmitted).length).toBeGreaterThan(300);
  });
});

describe('views with quarantine rules', () => {
  const cases = fc.sample(fc.tuple(aggregatedView, rules, sales), { seed: SEED, numRuns: 8 });

  test.each(cases.map((one, i) => [i, ...one] as const))(
    'compute the same in SQL and in the oracle, over the rows that are admitted, case %i',
    async (_, aggregated, expectations, rows) => {
      await load(rows);
      const run = {
        fromMs: -3 * HOUR_MS,
        toMs: 12 * HOUR_MS,
        loadedFromMs: 0,
        watermarkMs: 3_000,
        loadedAtMs: 9,
        isFirst: true,
      };
      for (const view of [single, aggregated]) {
        const resolved = expecting(view, expectations);
        const found = await lab.run(viewRowsSql(resolved, source(run.watermarkMs), run));
        const brokenRules = admission(resolved);
        const admitted = rows.filter((row) => brokenRules(row.values).length === 0);
        const wanted = computeViewRows(view, admitted, run).map((row) => named(view, row));
        expect(inOrder(found)).toEqual(inOrder(wanted));
        expect(computeViewRows(resolved, rows, run)).toEqual(computeViewRows(view, admitted, run));
      }
    },
  );
});

describe('what is measured about a run', () => {
  const written = { database: DATABASE, table: 'view_visits_0123456789ab', loadedAtMs: 9 };
  const cases = fc.sample(fc.tuple(rules, sales), { seed: SEED + 1, numRuns: 8 });

  test.each(cases.map((one, i) => [i, ...one] as const))(
    'agrees with counting by hand, case %i',
    async (_, own, rows) => {
      const resolved = expecting(single, [
        ...own,
        { kind: 'unique', name: 'no_repeats', columns: ['customer', 'product'], severity: 'warn' },
        { kind: 'null_share', name: 'amounts', feature: 'amount', atMost: 0.1, severity: 'warn' },
        { kind: 'volume', name: 'volume', atLeastShare: 0, atMostShare: 2, minRuns: 1, severity: 'warn' },
      ]);
      const judged = { fromMs: -HOUR_MS, toMs: 20 * HOUR_MS, loadedFromMs: 1_000, watermarkMs: 2_500 };
      await load(rows);
      const run = { ...judged, loadedAtMs: written.loadedAtMs, isFirst: false };
      const view = await lab.run(viewRowsSql(resolved, source(judged.watermarkMs), run));
      const times = ['event_time_ms', 'known_at_ms', 'loaded_at_ms', 'seq'].map((name) => ({
        name,
        type: 'int64' as const,
      }));
      const columns = [...resolved.entity.joinKeys, ...resolved.view.features, ...times];
      const other = { ...view[0], loaded_at_ms: 8, loaded_day: '1970-01-01' };
      const day = [...view.map((row) => ({ ...row, loaded_day: '1970-01-01' })), other];
      await lab.table(written.table, [...columns, { name: 'loaded_day', type: 'string' }], day);
      const [found, ...more] = await lab.run(measureSql(resolved, source(judged.watermarkMs), judged, written));
      expect(more).toEqual([]);

      const seen = rows.filter(
        (row) =>
          row.loadedAtMs > 1_000 &&
          row.loadedAtMs <= 2_500 &&
          row.eventTimeMs > -HOUR_MS &&
          row.eventTimeMs <= 20 * HOUR_MS,
      );
      const brokenRules = admission(resolved);
      const admitted = seen.filter((row) => brokenRules(row.values).length === 0);
      const pairs = admitted.flatMap(({ values: { customer, product } }) =>
        customer == null || product == null ? [] : [JSON.stringify([customer, product])],
      );
      const broken = own.map((rule, i) => {
        const as = admission(expecting(single, [{ ...rule, severity: 'quarantine' }]));
        const among = rule.severity === 'quarantine' ? seen : admitted;
        return [`broken_${i}`, among.filter((row) => as(row.values).length > 0).length];
      });
      expect(found).toEqual({
        source_rows: seen.length,
        admitted_rows: admitted.length,
        rows: view.length,
        ...Object.fromEntries(broken),
        [`repeated_${own.length}`]: pairs.length - new Set(pairs).size,
        [`nulls_${own.length + 1}`]: view.filter((row) => row['amount'] === null).length,
      });
    },
  );

  it('is one row of zeros where there is nothing', async () => {
    await load([]);
    await lab.table(
      written.table,
      [
        { name: 'loaded_at_ms', type: 'int64' },
        { name: 'loaded_day', type: 'string' },
      ],
      [],
    );
    const resolved = expecting(single, [
      { kind: 'unique', name: 'no_repeats', columns: ['customer'], severity: 'warn' },
    ]);
    expect(await lab.run(measureSql(resolved, source(ALL.watermarkMs), ALL, written))).toEqual([
      { source_rows: 0, admitted_rows: 0, rows: 0, repeated_0: 0 },
    ]);
  });
});
