import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countColumns } from '../../../core/drift/count-columns.ts';
import type { CountPlan } from '../../../core/drift/count-plan.ts';
import { effectiveRowsOf } from '../../../core/drift/count-rows.ts';
import {
  type CountedRows,
  numberCountsSql,
  textCountsSql,
  unitCountsSql,
} from '../../../core/sql/column-counts-sql.ts';
import { unloadQuery } from '../../../core/sql/unload-query.ts';
import { effectiveRows } from '../../../core/stats/effective-rows.ts';
import { AthenaLab, DATABASE, type LabRow } from './athena-lab.ts';
import { countedByHand, countRowsOf, withoutEffect } from './column-counts-oracle.ts';
import { SEED } from './histories.ts';
import { PREDICTION_TABLE } from './rollout-log.ts';

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
});
afterAll(() => lab.close());

const FROM_MS = Date.parse('2026-03-01T23:00:00Z');
const HOUR_MS = 3_600_000;
const RELEASE = 'a'.repeat(64);
const LIKE_IT = 'b'.repeat(64);
const plan: CountPlan = {
  numbers: [
    { column: 'v:amount', place: 0, edges: [-1.5, 0, 0.1, 2], isBoolean: false },
    { column: 'v:is_new', place: 1, edges: [0.5], isBoolean: true },
    { column: 'v:never', place: 2, edges: [], isBoolean: false },
    { column: 'score', place: null, edges: [0.25, 0.5], isBoolean: false },
  ],
  texts: [
    { column: 'v:country', place: 3, categories: ['DE', "L'or", '?'], isComplete: true },
    { column: 'v:note', place: 4, categories: [], isComplete: false },
  ],
  segments: [
    { segment: 'v:country', place: 3, isText: true, cuts: null, slices: ['DE', '?', null] },
    { segment: 'v:amount', place: 0, isText: false, cuts: [0, 2], slices: ['[0, 2)', 'below 0'] },
    { segment: 'v:is_new', place: 1, isText: false, cuts: null, slices: ['false', 'true'] },
  ],
  hasDecision: true,
};
/** What the slices of the plan mean. */
const inSlice: Readonly<Record<string, (line: LabRow) => boolean>> = {
  'v:country = DE': (line) => texts(line)[3] === 'DE',
  'v:country = ?': (line) => texts(line)[3] === '?',
  'v:country is missing': (line) => texts(line)[3] === null,
  'v:amount = [0, 2)': (line) => numbers(line)[0] !== null && numbers(line)[0]! >= 0 && numbers(line)[0]! < 2,
  'v:amount = below 0': (line) => numbers(line)[0] !== null && numbers(line)[0]! < 0,
  'v:is_new = false': (line) => numbers(line)[1] === 0,
  'v:is_new = true': (line) => numbers(line)[1] === 1,
};
const numbers = (line: LabRow) => line['input_numbers'] as readonly (number | null)[]; // of lines that have them
const texts = (line: LabRow) => line['input_texts'] as readonly (string | null)[]; // of lines that have them

const amount = fc.constantFrom(
  null,
  -1.5,
  -1.4999,
  0,
  -0,
  0.1,
  0.09999999999999999,
  2,
  1e300,
  -1e300,
  Infinity,
  -Infinity,
);
const line: fc.Arbitrary<LabRow> = fc
  .record({
    model: fc.constantFrom('churn', 'churn', 'churn', 'other'),
    release: fc.constantFrom(RELEASE, RELEASE, LIKE_IT, 'c'.repeat(64)),
    unit: fc.nat({ max: 30 }),
    amount,
    isNew: fc.constantFrom(0, 1, null),
    country: fc.constantFrom('DE', "L'or", '?', 'FR', '', null),
    note: fc.constantFrom('a', 'b', null),
    score: fc.constantFrom(0, 0.25, 0.3, 0.5, 1, null),
    decision: fc.constantFrom(true, false, null),
    atMs: fc.integer({ min: -3 * HOUR_MS, max: 2 * HOUR_MS }),
    isOld: fc.constantFrom(false, false, false, true),
  })
  .map((one) => ({
    model: one.model,
    release_id: one.release,
    unit: `["${one.unit}"]`,
    score: one.score,
    decision: one.decision,
    requested_at_ms: FROM_MS + one.atMs,
    dt: new Date(FROM_MS + one.atMs + 2 * HOUR_MS).toISOString().slice(0, 10), // written a little later
    input_numbers: one.isOld ? null : [one.amount, one.isNew, null, null, null],
    input_texts: one.isOld ? null : [null, null, null, one.country, one.note],
  }));
const logs = fc.sample(fc.array(line, { minLength: 300, maxLength: 400 }), { seed: SEED, numRuns: 3 });

const live = { fromMs: FROM_MS, toMs: FROM_MS + HOUR_MS, releaseIds: [RELEASE] };
const earlier = [1, 2].map((hours) => ({
  fromMs: FROM_MS - hours * HOUR_MS,
  toMs: FROM_MS - (hours - 1) * HOUR_MS,
  releaseIds: [RELEASE, LIKE_IT],
}));
const rowsOf = (windows: CountedRows['windows']): CountedRows => ({ database: DATABASE, model: 'churn', windows });

async function counted(of: CountPlan, rows: CountedRows) {
  const [inNumbers, inTexts, inUnits] = [numberCountsSql(rows, of), textCountsSql(rows, of), unitCountsSql(rows)];
  return countRowsOf(of, await lab.run(inNumbers), await lab.run(inTexts), await lab.run(inUnits));
}

describe('the counts of a window', () => {
  it.each(logs.map((log, i) => [i, log] as const))(
    'equal those of a slow reader, slices and seasons included (%i)',
    async (_, log) => {
      const lines = log.map((one, i) => ({ ...one, prediction_id: `p${i}` }));
      await lab.table('prediction', PREDICTION_TABLE, lines);
      const rows = rowsOf([live, ...earlier]);
      const found = await counted(plan, rows);
      const columns = countColumns(plan, found, [], true);
      const byHand = countedByHand(plan, rows, lines);
      const slices: readonly (readonly [string | null, (line: LabRow) => boolean])[] = [
        [null, () => true],
        ...Object.entries(inSlice),
      ];
      for (const [slice, isOf] of slices) {
        const of = columns.filter(({ segment }) => segment === slice);
        const liveSide = byHand(0, isOf as never);
        expect(of.map(withoutEffect)).toEqual(liveSide);
        const seasons = [1, 2].map((window) => byHand(window, isOf as never)).filter(([first]) => first!.rows > 0);
        of.forEach(({ reference }, i) => {
          const sum = (pick: (side: (typeof seasons)[number][number]) => number) =>
            seasons.reduce((n, side) => n + pick(side[i]!), 0);
          expect(reference === null).toBe(seasons.length === 0);
          expect([reference?.rows, reference?.missing, reference?.other]).toEqual([
            sum(({ rows: n }) => n),
            sum(({ missing }) => missing),
            sum(({ other }) => other),
          ]);
          expect(reference?.counts).toEqual(reference?.counts.map((__, bin) => sum(({ counts }) => counts[bin]!)));
        });
      }
    },
  );

  it('is the same without slices and seasons, where nothing is grouped', async () => {
    const lines = logs[0]!.map((one, i) => ({ ...one, prediction_id: `p${i}` }));
    await lab.table('prediction', PREDICTION_TABLE, lines);
    const flat = { ...plan, segments: [] };
    const rows = rowsOf([live]);
    const columns = countColumns(flat, await counted(flat, rows), [], false);
    expect(columns.map(withoutEffect)).toEqual(countedByHand(flat, rows, lines)(0, () => true));
    expect(columns.map(({ reference }) => reference)).toEqual(columns.map(() => null));
  });

  it('names categories that the reference never saw, most frequent first', async () => {
    const lines = ['FR', 'FR', 'DE', 'IT', 'FR', null].map((country, i) => ({
      ...{ prediction_id: `p${i}`, model: 'churn', release_id: RELEASE, unit: `u${i}`, score: 0.5, dt: '2026-03-01' },
      requested_at_ms: FROM_MS,
      input_numbers: [1, 1, null, null, null],
      input_texts: [null, null, null, country, null],
    }));
    await lab.table('prediction', PREDICTION_TABLE, lines);
    const columns = countColumns(plan, await counted(plan, rowsOf([live])), [], false);
    const country = columns.find(({ column, segment }) => column === 'v:country' && segment === null);
    expect(country?.newCategories).toEqual([
      { value: 'FR', count: 3 },
      { value: 'IT', count: 1 },
    ]);
    expect(country?.live).toMatchObject({ counts: [1, 0, 0], other: 4, missing: 1, rows: 6, effectiveRows: 6 });
  });

  it('of a window without rows are zeros', async () => {
    await lab.table('prediction', PREDICTION_TABLE, []);
    const columns = countColumns(plan, await counted(plan, rowsOf([live])), [], false);
    expect(columns.map(({ live: { rows, missing } }) => [rows, missing])).toEqual(columns.map(() => [0, 0]));
  });
});

describe('the rows that units repeat', () => {
  it('are counted once, up to a percent or two, however many units there are', async () => {
    const weights = Array.from({ length: 6_000 }, (_, i) => 1 + (i % 7));
    await lab.table('prediction', PREDICTION_TABLE, []);
    await lab.connection.run(
      `INSERT INTO prediction (prediction_id, model, release_id, unit, score, requested_at_ms, dt, input_numbers)
       SELECT 'p', 'churn', '${RELEASE}', '["c' || u || '"]', 0.5, ${FROM_MS}, '2026-03-01', []
       FROM range(6000) t(u), range(7) s(k) WHERE k <= u % 7`,
    );
    const [found] = await lab.run(unitCountsSql(rowsOf([live])));
    const estimate = effectiveRowsOf({ rows: Number(found?.['rows']), squares: Number(found?.['squares']) });
    expect(estimate / effectiveRows(weights)).toBeGreaterThan(0.98);
    expect(estimate / effectiveRows(weights)).toBeLessThan(1.02);
  });

  it('are one row when there is one unit, and all of them when each has one', () => {
    expect(effectiveRowsOf({ rows: 50, squares: 2_500 })).toBeCloseTo(1, 9);
    expect(effectiveRowsOf({ rows: 50, squares: 50 })).toBe(50);
    expect(effectiveRowsOf({ rows: 0, squares: 0 })).toBe(0);
  });
});

it('keeps the statements of 300 inputs within what a state machine hands on', () => {
  const edges = Array.from({ length: 18 }, (_, i) => Math.PI * 10 ** (i - 9));
  const wide: CountPlan = {
    ...plan,
    numbers: Array.from({ length: 300 }, (_, place) => ({ column: `v:n${place}`, place, edges, isBoolean: false })),
  };
  const place = { database: DATABASE, workgroup: 'w', offlineBucket: 'offline' };
  const query = unloadQuery(place, numberCountsSql(rowsOf([live]), wide), 'drift-scan/x/', 'the drift scan');
  expect(query.QueryString.length).toBeLessThan(180_000);
});
