import { describe, expect, it } from 'vitest';
import { type ContributionSample, contributionShares } from '../../../core/explain/contribution-sample.ts';
import { shareChange } from '../../../core/explain/share-change.ts';
import {
  type AttributionEvidence,
  type ChampionAttribution,
  judgeAttribution,
} from '../../../core/gates/attribution-gate.ts';
import { seededRandom } from '../../../core/stats/seeded-random.ts';

/** Contributions whose means are to each other as the weights, with noise of each row's own. */
function sampleOf(weights: Readonly<Record<string, number>>, rows = 400, seed = 1, noise = 0.5): ContributionSample {
  const random = seededRandom(seed);
  const sizes = Object.values(weights);
  const values = Float64Array.from(
    { length: rows * sizes.length },
    (_, i) => sizes[i % sizes.length]! * (1 + noise * (random() - 0.5)),
  );
  return { inputs: Object.keys(weights), rows, values };
}

const gate = { kind: 'attribution', maxShare: 0.6, maxChange: 0.1, confidence: 0.95 } as const;
const none: ChampionAttribution = { kind: 'none' };
const judged = (sample: ContributionSample, champion: ChampionAttribution = none, over: object = {}) =>
  judgeAttribution({ ...gate, ...over }, { attribution: { kind: 'measured', sample, champion } });
const against = (sample: ContributionSample): ChampionAttribution => ({ kind: 'measured', releaseId: 'r', sample });

describe('shares of contributions', () => {
  it('are the means over the rows, each over the sum of all', () => {
    const { shares } = contributionShares({ inputs: ['a', 'b'], rows: 2, values: Float64Array.of(1, 3, 2, 4) });
    expect([...shares]).toEqual([0.3, 0.7]);
  });
  it('have errors that average to nothing and shrink with the rows as those of repeated samples do', () => {
    const { influence } = contributionShares(sampleOf({ a: 2, b: 1, c: 1 }));
    expect(influence.reduce((sum, one) => sum + one, 0)).toBeCloseTo(0, 9);
    const repeated = Array.from(
      { length: 400 },
      (_, seed) => contributionShares(sampleOf({ a: 2, b: 1 }, 100, seed)).shares[0]!,
    );
    const mean = repeated.reduce((sum, one) => sum + one, 0) / 400;
    const spread = Math.sqrt(repeated.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 399);
    const one = contributionShares(sampleOf({ a: 2, b: 1 }, 100, 999)).influence;
    let squares = 0;
    for (let i = 0; i < one.length; i += 2) squares += one[i]! ** 2;
    expect(Math.sqrt(squares) / 100 / spread).toBeGreaterThan(0.85);
    expect(Math.sqrt(squares) / 100 / spread).toBeLessThan(1.15);
  });
});

describe('the change of shares', () => {
  it('is 0 for the same contributions and 1 for other inputs altogether', () => {
    const same = sampleOf({ a: 1, b: 1 });
    expect(shareChange(same, same)).toMatchObject({ distance: 0, standardError: 0, bias: 0, moved: 'nothing moved' });
    expect(shareChange(same, { ...same, inputs: ['x', 'y'] }).distance).toBeCloseTo(1, 12);
  });
  it('is half the sum of the absolute changes, with inputs matched by name', () => {
    const exact = (weights: Record<string, number>) => sampleOf(weights, 10, 1, 0);
    const change = shareChange(exact({ a: 5, b: 3, c: 2 }), exact({ b: 3, a: 7 }));
    expect(change.distance).toBeCloseTo(0.2, 12);
    expect(change.moved).toBe('c +0.200, a -0.200');
  });
  it('wants the same rows', () => {
    expect(() => shareChange(sampleOf({ a: 1 }, 10), sampleOf({ a: 1 }, 11))).toThrow('10 and 11 rows');
  });
});

describe('the attribution gate', () => {
  it('passes when no input has too much and there is no champion, and says so', () => {
    expect(judged(sampleOf({ a: 5, b: 3, c: 2 }))).toMatchObject({
      outcome: 'pass',
      evidence: expect.arrayContaining([expect.objectContaining({ note: 'no champion to compare with' })]),
    });
  });
  it('fails when one input decides nearly everything, and names it', () => {
    expect(judged(sampleOf({ leak: 9, b: 1 }))).toMatchObject({
      outcome: 'fail',
      because: expect.stringMatching(/^largest share, leak is 0\.\d+.*at most 0\.6 is allowed$/),
    });
  });
  it('is inconclusive across the limit, and says what would settle it', () => {
    expect(judged(sampleOf({ a: 6, b: 4.02 }, 100, 3, 2))).toMatchObject({
      outcome: 'inconclusive',
      because: expect.stringMatching(/test rows would settle it|no number of rows/),
    });
  });
  it('fails when what decides has moved from the champion', () => {
    const verdict = judged(sampleOf({ a: 2, b: 3, c: 5 }), against(sampleOf({ a: 5, b: 3, c: 2 }, 400, 2)));
    expect(verdict).toMatchObject({ outcome: 'fail', because: expect.stringContaining('c +0.3') });
  });
  it('mistakes the noise of two equal models for a change no more often than its confidence allows', () => {
    const limits = { maxShare: null, maxChange: 0.01 };
    const noisy = (seed: number) => sampleOf({ a: 1, b: 1 }, 100, seed, 2);
    const runs = Array.from({ length: 1000 }, (_, run) =>
      judged(noisy(run * 7919), against(noisy(run * 104_729 + 1)), limits),
    );
    expect(runs.filter(({ outcome }) => outcome === 'fail').length).toBeLessThanOrEqual(25);
    expect(runs.filter(({ outcome }) => outcome === 'pass').length).toBeLessThanOrEqual(25);
  });
  it('is inconclusive with the reason when the champion cannot be compared', () => {
    const champion: ChampionAttribution = { kind: 'incomparable', releaseId: 'r', because: 'another view version' };
    expect(judged(sampleOf({ a: 5, b: 5 }), champion)).toMatchObject({
      outcome: 'inconclusive',
      because: 'another view version',
    });
    expect(judged(sampleOf({ a: 5, b: 5 }), champion, { maxChange: null }).outcome).toBe('pass');
  });
  it.each<[string, AttributionEvidence, RegExp]>([
    ['a model that cannot be read', { kind: 'unmeasured', because: 'gblinear' }, /gblinear/],
    ['too few rows', { kind: 'measured', sample: sampleOf({ a: 1, b: 1 }, 60), champion: none }, /40 more/],
    [
      'a model that looks at nothing',
      { kind: 'measured', sample: sampleOf({ a: 0, b: 0 }), champion: none },
      /no input contributes/,
    ],
  ])('is inconclusive for %s', (_, attribution, because) => {
    expect(judgeAttribution(gate, { attribution })).toMatchObject({
      outcome: 'inconclusive',
      because: expect.stringMatching(because),
    });
  });
});
