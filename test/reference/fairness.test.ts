import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FairnessCriterion } from '../../core/definitions/model.ts';
import { judgeFairness } from '../../core/gates/fairness-gate.ts';

interface Case {
  why: string;
  rows: { group: string; label: number; decided: number; rows: number }[];
  values: Partial<Record<FairnessCriterion, { difference: number; ratio: number | null }>>;
}
const { cases } = JSON.parse(readFileSync(new URL('./fairness.json', import.meta.url), 'utf8')) as { cases: Case[] };

function observed({ rows }: Case, criterion: FairnessCriterion, measure: 'difference' | 'ratio') {
  const slices = [...new Set(rows.map(({ group }) => group))];
  const each = rows.flatMap((row) => Array.from({ length: row.rows }, () => row));
  const test = { labels: each.map(({ label }) => label), scores: each.map(({ decided }) => decided), threshold: 0.5 };
  const segments = [{ segment: 'people:group', slices, rows: each.map(({ group }) => slices.indexOf(group)) }];
  const gate = {
    kind: 'fairness',
    attribute: 'people:group',
    criterion,
    measure,
    limit: 0.5,
    minGroupSize: 2,
  } as const;
  return judgeFairness({ ...gate, onSmall: 'inconclusive', confidence: 0.95 }, { test, segments }).evidence[0]!;
}

describe('differences and ratios of rates agree with fairlearn', () => {
  it.each(cases)('$why', (one) => {
    for (const [criterion, { difference, ratio }] of Object.entries(one.values)) {
      const name = criterion as FairnessCriterion; // keys of the file's values
      expect(observed(one, name, 'difference').observed).toBeCloseTo(difference, 12);
      const found = observed(one, name, 'ratio').observed;
      if (ratio === null || found === null) expect(found).toBe(ratio);
      else expect(found).toBeCloseTo(ratio, 12);
    }
  });

  it('gives the known numbers of Adult by sex', () => {
    const bySex = cases[0]!;
    expect(observed(bySex, 'demographic_parity', 'difference')).toMatchObject({
      observed: expect.closeTo(0.196276, 6),
      n: 32_561,
      note: 'selection rate: Female 0.1095 of 10771, Male 0.3057 of 21790',
    });
    expect(observed(bySex, 'demographic_parity', 'ratio').observed).toBeCloseTo(0.358023, 6);
  });
});
