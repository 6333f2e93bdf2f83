import { describe, expect, it } from 'vitest';
import { judgeDrift } from '../../../core/drift/judge-drift.ts';
import { categorical, numeric, POLICY, side } from './counted.ts';

const EVEN = [1000, 1000, 1000, 1000, 1000];
const SAME = [200, 205, 195, 210, 190];
const SHIFTED = [50, 100, 200, 300, 350];

describe('the judgement of drift', () => {
  it('is stable when the shares are much the same, and says how large the differences are', () => {
    const { outcome, because, columns } = judgeDrift([numeric('v:f', side(EVEN), side(SAME))], POLICY);
    expect(outcome).toBe('stable');
    expect(because).toBe('none of 1 columns drifts');
    expect(columns[0]).toMatchObject({ outcome: 'stable', rows: { reference: 5000, live: 1000, effectiveLive: 1000 } });
    expect(columns[0]!.because).toBe(
      'small differences: PSI 0.00125 where 0.1 is the limit, KS distance 0.01 where 0.1 is the limit, share without a value 0 where 0.05 is the limit',
    );
  });

  it('drifts when a difference is large and certain, with the numbers in the sentence', () => {
    const columns = [numeric('v:calm', side(EVEN), side(SAME)), numeric('v:moved', side(EVEN), side(SHIFTED))];
    const found = judgeDrift(columns, POLICY);
    expect(found.outcome).toBe('drifting');
    expect(found.because).toMatch(
      /^1 of 2 columns drift: v:moved \(PSI 0\.\d+ where 0\.1 is the limit; p = [\d.e-]+, held/,
    );
    expect(found.columns.map(({ column, outcome }) => [column, outcome])).toEqual([
      ['v:moved', 'drifting'],
      ['v:calm', 'stable'],
    ]);
    expect(found.columns[0]!.tests.map(({ test, isDrifting }) => [test, isDrifting])).toEqual([
      ['psi', true],
      ['ks', true],
      ['missing', false],
    ]);
  });

  it('does not call a difference drift that is certain but small', () => {
    const many = (counts: readonly number[]) => side(counts.map((count) => count * 1000));
    const { columns } = judgeDrift([numeric('v:f', many(EVEN), many([205, 205, 200, 195, 195]))], POLICY);
    expect(columns[0]!.outcome).toBe('stable');
    expect(columns[0]!.tests[0]!.pValue).toBeLessThan(1e-9);
  });

  it('does not call a difference drift that is large but may be chance', () => {
    const { columns } = judgeDrift([numeric('v:f', side(EVEN), side([52, 50, 30, 30, 40]))], POLICY);
    expect(columns[0]!.outcome).toBe('stable');
    expect(columns[0]!.because).toMatch(/KS distance 0\.105 where 0\.1 is the limit, but it may be chance: p = /);
  });

  it('shares one budget among all columns and tests', () => {
    const calm = Array.from({ length: 99 }, (_, i) => numeric(`v:f${i}`, side(EVEN), side(SAME)));
    const { columns } = judgeDrift(calm, POLICY);
    expect(columns[0]!.tests[0]!.alpha).toBeCloseTo(0.01 / (99 * 3), 12);
  });

  it('leaves out what the policy ignores, but no answers', () => {
    const [a, b] = [numeric('v:a', side(EVEN), side(SHIFTED)), numeric('v:b', side(EVEN), side(SAME))];
    const found = judgeDrift([a, { ...b, column: 'score', role: 'prediction' }], { ...POLICY, ignore: ['v:a'] });
    expect(found.outcome).toBe('stable');
    expect(found.columns.map(({ column }) => column)).toEqual(['score']);
  });

  it('counts what one entity repeats once', () => {
    const repeated = side(SHIFTED, { effectiveRows: 210 });
    const few = judgeDrift([numeric('v:f', side(EVEN), { ...repeated, effectiveRows: 20 })], POLICY);
    expect(few.outcome).toBe('not-computable');
    expect(few.because).toBe(
      'nothing can be compared: the window has 1000 rows, which count as 20 because some repeat others; 200 are needed',
    );
    const [alone, whole] = [repeated, side(SHIFTED)].map((live) =>
      judgeDrift([numeric('v:f', side(EVEN), live)], POLICY),
    );
    expect(alone!.columns[0]!.tests[0]!.pValue).toBeGreaterThan(whole!.columns[0]!.tests[0]!.pValue!);
    expect(alone!.effectiveRows).toBe(210);
  });

  it('judges a segment beside all rows', () => {
    const segment = { ...numeric('v:f', side(EVEN), side(SHIFTED)), segment: 'v:country = DE' };
    const found = judgeDrift([numeric('v:f', side(EVEN), side(SAME)), segment], POLICY);
    expect(found.because).toMatch(/^1 of 2 columns drift: v:f where v:country = DE \(/);
    expect(found.rows).toBe(1000);
  });
});

describe('what cannot be compared', () => {
  it.each([
    ['a window without rows', numeric('v:f', side(EVEN), side([0, 0, 0, 0, 0])), 'the window has no rows'],
    [
      'a column that the reference lacks',
      numeric('v:f', null, side(SAME)),
      'the reference has no counts of it; it is compared once the model is trained again',
    ],
    ['too few rows', numeric('v:f', side(EVEN), side([40, 40, 40, 40, 39])), 'the window has 199 rows; 200 are needed'],
    [
      'a reference of a handful',
      numeric('v:f', side([5, 5, 5, 5, 9]), side(SAME)),
      'the reference has 29 rows; 30 are needed',
    ],
    [
      'too few values among enough rows',
      numeric('v:f', side([10, 10, 10, 10, 10], { missing: 950 }), side([2, 2, 2, 2, 2], { missing: 290 })),
      'the window has 10 values; 200 are needed',
    ],
  ])('%s is not computable, and never stable', (_, counts, because) => {
    const found = judgeDrift([counts], POLICY);
    expect(found.outcome).toBe('not-computable');
    expect(found.columns[0]!.because).toBe(because);
    expect(JSON.stringify(found)).not.toContain('null,"pValue":0');
  });

  it('is named beside the columns that were compared', () => {
    const found = judgeDrift([numeric('v:a', side(EVEN), side(SAME)), numeric('v:b', null, side(SAME))], POLICY);
    expect(found.outcome).toBe('stable');
    expect(found.because).toMatch(/^none of 2 columns drifts; 1 could not be compared: v:b \(/);
  });

  it('is everything without columns', () => {
    expect(judgeDrift([], POLICY)).toMatchObject({ outcome: 'not-computable', rows: 0 });
  });
});

describe('degenerate columns', () => {
  it('drift when a constant of the reference varies now', () => {
    const counts = numeric('v:f', side([0, 5000, 0]), side([0, 700, 300]));
    const bins = { kind: 'numeric', edges: [4, 4.000000000000001] } as const;
    const { columns } = judgeDrift([{ ...counts, bins }], POLICY);
    expect(columns[0]!.outcome).toBe('drifting');
    expect(columns[0]!.bins.map(({ label }) => label)).toEqual(['below 4', '4', 'above 4', 'missing']);
  });

  it('are stable when a constant remains one', () => {
    expect(judgeDrift([numeric('v:f', side([0, 5000, 0]), side([0, 1000, 0]))], POLICY).outcome).toBe('stable');
  });

  it('drift when every value is missing now', () => {
    const [column] = judgeDrift([numeric('v:f', side(EVEN), side([0, 0, 0, 0, 0], { missing: 500 }))], POLICY).columns;
    expect(column).toMatchObject({ outcome: 'drifting', numbers: { missingLive: 1, missingReference: 0 } });
    expect(column!.tests.map(({ test, effect }) => [test, effect])).toEqual([
      ['psi', null],
      ['ks', null],
      ['missing', 1],
    ]);
  });

  it('drift when there are values where there never were, and are stable when there are none still', () => {
    const never = side([0], { missing: 5000 });
    expect(judgeDrift([numeric('v:f', never, side([500]))], POLICY).outcome).toBe('drifting');
    expect(judgeDrift([numeric('v:f', never, side([0], { missing: 500 }))], POLICY).outcome).toBe('stable');
  });
});

describe('categories', () => {
  it('drift when their shares move', () => {
    const found = judgeDrift([categorical('v:c', side([5000, 3000, 2000]), side([300, 300, 400]))], POLICY);
    expect(found.columns[0]!.tests.find(({ isDrifting }) => isDrifting)?.test).toBe('chi_square');
    expect(found.columns[0]!.numbers['jensenShannonDistance']).toBeGreaterThan(0.1);
  });

  it('drift when a new one has two in a hundred', () => {
    const live = side([490, 300, 190], { other: 20 });
    const found = judgeDrift([categorical('v:c', side([5000, 3000, 2000]), live, [{ value: 'x', count: 20 }])], POLICY);
    expect(found.columns[0]!.tests).toMatchObject([{}, { test: 'new_categories', effect: 0.02, isDrifting: true }, {}]);
    expect(found.columns[0]!.bins.map(({ label }) => label)).toEqual(['a', 'b', 'c', 'new', 'missing']);
  });

  it('are not new when the reference has more of them than it lists', () => {
    const live = side([490, 300, 190], { other: 20 });
    const found = judgeDrift([categorical('v:c', side([5000, 3000, 1800], { other: 200 }), live)], POLICY);
    expect(found.columns[0]!.tests.map(({ test }) => test)).toEqual(['chi_square', 'missing']);
    expect(found.columns[0]!.bins.map(({ label }) => label)).toEqual(['a', 'b', 'c', 'other', 'missing']);
    expect(found.outcome).toBe('stable');
  });

  it('of which every row has its own are no drift', () => {
    const ids = (rows: number) => Array.from({ length: rows }, () => 1);
    const live = side(new Array<number>(900).fill(0), { other: 900 });
    const found = judgeDrift([categorical('v:id', side(ids(900)), live)], POLICY);
    expect(found.outcome).toBe('stable');
  });

  it('shows the largest twenty alone', () => {
    const counts = Array.from({ length: 40 }, (_, i) => 400 - i);
    const { bins } = judgeDrift([categorical('v:c', side(counts), side(counts))], POLICY).columns[0]!;
    expect(bins).toHaveLength(23);
    expect(bins.reduce((sum, { live }) => sum + live, 0)).toBeCloseTo(1, 12);
  });
});
