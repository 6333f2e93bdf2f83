import { describe, expect, it } from 'vitest';
import type { GateDefinition } from '../../../core/definitions/model.ts';
import { judgeFairness } from '../../../core/gates/fairness-gate.ts';

const gate: GateDefinition & { kind: 'fairness' } = {
  kind: 'fairness',
  attribute: 'people:sex',
  criterion: 'demographic_parity',
  measure: 'difference',
  limit: 0.1,
  minGroupSize: 30,
  onSmall: 'inconclusive',
  confidence: 0.95,
};

/** Groups with how many rows and how many of them are chosen; every second label is positive. */
function rowsOf(groups: readonly (readonly [name: string | null, rows: number, chosen: number])[]) {
  const rows = groups.flatMap(([, n, chosen], group) =>
    Array.from({ length: n }, (_, i) => ({ group, score: i < chosen ? 1 : 0, label: i % 2 })),
  );
  return {
    test: { labels: rows.map(({ label }) => label), scores: rows.map(({ score }) => score), threshold: 0.5 },
    segments: [{ segment: 'people:sex', slices: groups.map(([name]) => name), rows: rows.map(({ group }) => group) }],
  };
}

describe('a fairness gate', () => {
  it('tells of the first groups only, however many values the attribute has', () => {
    const groups = Array.from({ length: 5_000 }, (_, i) => [`${i}`.padStart(40, 'x'), 1, 1] as const);
    const verdict = judgeFairness(gate, rowsOf(groups));
    expect(verdict.outcome).toBe('inconclusive');
    expect(JSON.stringify(verdict)).toContain('and 4988 more');
    expect(JSON.stringify(verdict).length).toBeLessThan(10_000);
  });

  it('passes groups that are surely treated alike', () => {
    const verdict = judgeFairness(
      gate,
      rowsOf([
        ['f', 2000, 800],
        ['m', 2000, 820],
      ]),
    );
    expect(verdict).toMatchObject({
      outcome: 'pass',
      evidence: [
        {
          metric: 'demographic_parity difference by people:sex',
          observed: expect.closeTo(0.01, 12),
          n: 4000,
          note: 'selection rate: f 0.4000 of 2000, m 0.4100 of 2000',
        },
      ],
    });
  });

  it('fails groups that are surely not, and says by how much and who', () => {
    expect(
      judgeFairness(
        gate,
        rowsOf([
          ['f', 500, 50],
          ['m', 500, 200],
        ]),
      ),
    ).toMatchObject({
      outcome: 'fail',
      because: expect.stringMatching(
        /is 0.3000 in \[.*\] and has to be at most 0.1 \(selection rate: f 0.1000 of 500, m/,
      ),
    });
  });

  it('is inconclusive in between, and says how many rows would do', () => {
    expect(
      judgeFairness(
        gate,
        rowsOf([
          ['f', 100, 30],
          ['m', 100, 35],
        ]),
      ),
    ).toMatchObject({
      outcome: 'inconclusive',
      evidence: [{ needs: expect.stringMatching(/^about \d+ test rows$/) }],
    });
  });

  it('is inconclusive by a group that is too small, with the rows it still needs', () => {
    const rows = rowsOf([
      ['f', 2000, 800],
      ['m', 2000, 820],
      [null, 18, 1],
    ]);
    expect(judgeFairness(gate, rows)).toMatchObject({
      outcome: 'inconclusive',
      because: 'without a value has 18 test rows, 30 are needed',
      evidence: [{ observed: expect.closeTo(0.01, 12), needs: 'without a value 12 more test rows' }],
    });
    expect(judgeFairness({ ...gate, onSmall: 'ignore' }, rows)).toMatchObject({
      outcome: 'pass',
      evidence: [{ note: expect.stringContaining('too small: without a value 0.05556 of 18') }],
    });
  });

  it('fails nevertheless where two large groups are surely not alike', () => {
    expect(
      judgeFairness(
        gate,
        rowsOf([
          ['f', 500, 50],
          ['m', 500, 200],
          ['x', 3, 0],
        ]),
      ).outcome,
    ).toBe('fail');
  });

  it('counts the rows with a positive label for the rate that rests on them', () => {
    const rows = rowsOf([
      ['f', 40, 20],
      ['m', 400, 200],
    ]);
    expect(judgeFairness({ ...gate, criterion: 'equal_opportunity' }, rows)).toMatchObject({
      outcome: 'inconclusive',
      because: 'fewer than two groups are large enough: f has 20 test rows with a positive label, 30 are needed',
    });
  });

  it('has no ratio where nobody is chosen, which is inconclusive', () => {
    const verdict = judgeFairness(
      { ...gate, measure: 'ratio', limit: 0.8 },
      rowsOf([
        ['f', 100, 0],
        ['m', 100, 0],
      ]),
    );
    expect(verdict).toMatchObject({ outcome: 'inconclusive', evidence: [{ observed: null }] });
  });

  it('is inconclusive for one group, for no such segment, and without a threshold', () => {
    const rows = rowsOf([['f', 100, 10]]);
    expect(judgeFairness(gate, rows)).toMatchObject({ because: 'fewer than two groups are large enough' });
    expect(judgeFairness(gate, { ...rows, segments: [] }).outcome).toBe('inconclusive');
    expect(judgeFairness(gate, { ...rows, test: { ...rows.test, threshold: null } }).outcome).toBe('inconclusive');
  });
});
