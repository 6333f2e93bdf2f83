import { describe, expect, it } from 'vitest';
import type { Random } from '../../../core/clock.ts';
import { effectiveRows } from '../../../core/stats/effective-rows.ts';
import { exactAtCuts, exactHomogeneity } from '../../../core/stats/exact-homogeneity.ts';
import { seededRandom, standardNormal } from '../../../core/stats/seeded-random.ts';
import { unseenValuesBound } from '../../../core/stats/unseen-values.ts';
import { countsIn, driftBins, profileNumbers } from '../../../core/training/reference-profile.ts';

const ROUNDS = 1_500;
const ALPHAS = [0.2, 0.05, 0.01];
/** Four standard errors above what is promised. */
const allowed = (alpha: number) => alpha + 4 * Math.sqrt((alpha * (1 - alpha)) / ROUNDS);

const columns: readonly (readonly [string, (random: Random) => number])[] = [
  ['normal', standardNormal],
  ['a few whole numbers', (random) => Math.floor(5 * random() ** 2)],
  ['mostly 0', (random) => (random() < 0.85 ? 0 : Math.exp(standardNormal(random)))],
  ['two values', (random) => (random() < 0.3 ? 1 : 0)],
];

describe('p-values without drift, at the cuts of a reference drawn each time, are at least uniform', () => {
  it.each(columns)('for a column that is %s', (_, draw) => {
    const random = seededRandom(20260101);
    const many = (n: number) => Array.from({ length: n }, () => draw(random));
    const seen: [number, number][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { edges, counts } = driftBins(profileNumbers(many(150)));
      const live = countsIn(edges, many(100));
      seen.push([exactHomogeneity(live, counts).pValue, exactAtCuts(live, counts)]);
    }
    for (const alpha of ALPHAS) {
      for (const test of [0, 1] as const) {
        expect(seen.filter((p) => p[test] <= alpha).length / ROUNDS).toBeLessThanOrEqual(allowed(alpha));
      }
    }
  });

  it('for entities that ask often and always say the same', () => {
    const random = seededRandom(11);
    /** Each entity has one value and 1 to 40 rows of it; cases are weighted as the judge does. */
    const asked = (edges: readonly number[] | null, entities: number) => {
      const values: number[] = [];
      const rows = Array.from({ length: entities }, () => 1 + Math.floor(40 * random() ** 3));
      for (const times of rows) {
        const value = standardNormal(random);
        for (let i = 0; i < times; i++) values.push(value);
      }
      const weight = effectiveRows(rows) / values.length;
      const bins = edges === null ? driftBins(profileNumbers(values)) : { edges, counts: countsIn(edges, values) };
      return { edges: bins.edges, cases: bins.counts.map((count) => count * weight) };
    };
    const seen: [number, number][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const { edges, cases } = asked(null, 150);
      const live = asked(edges, 100).cases;
      seen.push([exactHomogeneity(live, cases).pValue, exactAtCuts(live, cases)]);
    }
    for (const alpha of ALPHAS) {
      for (const test of [0, 1] as const) {
        expect(seen.filter((p) => p[test] <= alpha).length / ROUNDS).toBeLessThanOrEqual(allowed(alpha));
      }
    }
  });

  it('for values of which new ones keep turning up', () => {
    const random = seededRandom(7);
    // the k-th value has a share of about 1 / k²
    const draw = () => Math.floor(1 / (1 - random()));
    const counted = (n: number) => {
      const counts = new Map<number, number>();
      for (let i = 0; i < n; i++) {
        const value = draw();
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      return counts;
    };
    let wrong = 0;
    for (let round = 0; round < 500; round++) {
      const [reference, live] = [counted(400), counted(200)];
      const groups = (isKnown: boolean) =>
        [...new Set([...reference.keys(), ...live.keys()])]
          .filter((value) => reference.has(value) === isKnown)
          .map((value) => ({ values: 1, cases: (reference.get(value) ?? 0) + (live.get(value) ?? 0) }));
      if (unseenValuesBound({ n: 200, m: 400, unseen: groups(false), known: groups(true) }) <= 0.05) wrong++;
    }
    expect(wrong / 500).toBeLessThanOrEqual(0.05);
  });
});
