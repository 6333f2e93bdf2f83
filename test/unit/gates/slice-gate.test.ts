import { describe, expect, it } from 'vitest';
import type { GateDefinition } from '../../../core/definitions/model.ts';
import { slicesOf } from '../../../core/gates/segment-rows.ts';
import { judgeSlices } from '../../../core/gates/slice-gate.ts';

const gate: GateDefinition & { kind: 'slice' } = {
  kind: 'slice',
  metric: 'accuracy',
  by: [],
  pairs: false,
  atLeast: 0.8,
  atMost: null,
  maxGap: null,
  minRows: 50,
  onSmall: 'inconclusive',
  confidence: 0.95,
};

/** Rows of slices by name, of each of which a share is decided rightly. */
function rowsOf(slices: Readonly<Record<string, { rows: number; right: number }>>) {
  const names = Object.keys(slices);
  const rows = names.flatMap((name, slice) => {
    const { rows: n, right } = slices[name]!;
    return Array.from({ length: n }, (_, i) => ({ slice, label: i % 2, isRight: i < Math.round(right * n) }));
  });
  return {
    test: {
      labels: rows.map(({ label }) => label),
      scores: rows.map(({ label, isRight }) => (isRight ? label : 1 - label)),
      threshold: 0.5,
    },
    segments: [{ segment: 'people:sex', slices: names, rows: rows.map(({ slice }) => slice) }],
  };
}

describe('a slice gate', () => {
  it('passes when every slice is surely on the right side, and tells the worst first', () => {
    const verdict = judgeSlices(gate, rowsOf({ a: { rows: 400, right: 0.95 }, b: { rows: 400, right: 0.9 } }));
    expect(verdict.outcome).toBe('pass');
    expect(verdict.evidence.map(({ metric }) => metric)).toEqual([
      'accuracy where people:sex = b',
      'accuracy where people:sex = a',
    ]);
    expect(verdict.evidence[0]).toMatchObject({ observed: 0.9, limit: 0.8, rule: 'at-least', n: 400 });
    expect(verdict.evidence[0]!.interval!.low).toBeGreaterThan(0.8);
  });

  it('fails by one slice, though all rows together are good', () => {
    const verdict = judgeSlices(gate, rowsOf({ a: { rows: 5000, right: 0.99 }, b: { rows: 200, right: 0.6 } }));
    expect(verdict).toMatchObject({
      outcome: 'fail',
      because: expect.stringMatching(/^accuracy where people:sex = b is 0.6000 in \[.*\] and has to be at least 0.8$/),
    });
  });

  it('is inconclusive where the interval reaches across the limit, and says how many rows would do', () => {
    const verdict = judgeSlices(gate, rowsOf({ a: { rows: 400, right: 0.95 }, b: { rows: 100, right: 0.84 } }));
    expect(verdict).toMatchObject({
      outcome: 'inconclusive',
      evidence: [{ needs: expect.stringMatching(/^about \d+ test rows in the slice$/) }, {}],
    });
  });

  it('never passes a small slice in silence: it is inconclusive, or left out as declared and told of', () => {
    const rows = rowsOf({ a: { rows: 400, right: 0.95 }, b: { rows: 20, right: 0.1 } });
    expect(judgeSlices(gate, rows)).toMatchObject({
      outcome: 'inconclusive',
      because: 'people:sex = b has 20 test rows of 50; it needs 30 more test rows in the slice',
    });
    expect(judgeSlices({ ...gate, onSmall: 'ignore' }, rows)).toMatchObject({
      outcome: 'pass',
      evidence: [{}, { observed: null, n: 20, note: 'left out: fewer than 50 rows' }],
    });
    expect(judgeSlices({ ...gate, minRows: 500, onSmall: 'ignore' }, rows).outcome).toBe('inconclusive');
  });

  it('limits how much worse than all rows a slice may be', () => {
    const gap = { ...gate, atLeast: null, maxGap: 0.1 };
    const verdict = judgeSlices(gap, rowsOf({ a: { rows: 2000, right: 0.9 }, b: { rows: 500, right: 0.7 } }));
    expect(verdict).toMatchObject({ outcome: 'fail', evidence: [{ observed: expect.closeTo(0.86 - 0.7, 12) }, {}] });
    const alike = rowsOf({ a: { rows: 2000, right: 0.9 }, b: { rows: 500, right: 0.9 } });
    expect(judgeSlices(gap, alike).outcome).toBe('pass');
  });

  it('is inconclusive where a slice has one class only, and where there is no row', () => {
    const rows = rowsOf({ a: { rows: 100, right: 1 } });
    const oneClass = { ...rows, test: { ...rows.test, labels: rows.test.labels.map(() => 1) } };
    expect(judgeSlices({ ...gate, metric: 'auc' }, oneClass)).toMatchObject({
      outcome: 'inconclusive',
      because: 'auc where people:sex = a cannot be told from its 100 test rows',
    });
    expect(judgeSlices(gate, { ...rows, segments: [] }).outcome).toBe('inconclusive');
  });
});

describe('slices', () => {
  const segments = [
    { segment: 'p:sex', slices: ['f', 'm', null], rows: [0, 1, 2, 0] },
    { segment: 'p:age', slices: ['below 30', '30 and above'], rows: [0, 1, 1, 0] },
  ];
  it('of missing values are a slice of their own', () => {
    expect(slicesOf(segments.slice(0, 1), false)).toEqual([
      { name: 'p:sex = f', rows: [0, 3] },
      { name: 'p:sex = m', rows: [1] },
      { name: 'p:sex is missing', rows: [2] },
    ]);
  });
  it('of two segments are those that have rows', () => {
    expect(slicesOf(segments, true).slice(5)).toEqual([
      { name: 'p:sex = f and p:age = below 30', rows: [0, 3] },
      { name: 'p:sex = m and p:age = 30 and above', rows: [1] },
      { name: 'p:sex is missing and p:age = 30 and above', rows: [2] },
    ]);
  });
});
