import { describe, expect, it } from 'vitest';
import type { GateDefinition } from '../../../core/definitions/model.ts';
import { calibrationFindings } from '../../../core/performance/calibration-findings.ts';
import { fairnessFindings, sliceFindings } from '../../../core/performance/group-findings.ts';
import { performanceSpans } from '../../../core/performance/performance-spec.ts';
import { answeredSegment } from '../../../core/performance/sampled-answers.ts';

const SEX = { view: 'people', feature: 'sex', cuts: null };
const scored = {
  labels: Array.from({ length: 80 }, (_, i) => Number(i % 4 < 2)),
  scores: Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? 0.9 : 0.1)),
  threshold: 0.5,
};
const groups = answeredSegment(
  SEX,
  'string',
  Array.from({ length: 80 }, (_, i) => (i < 50 ? 'f' : i < 79 ? 'm' : null)),
);
const gate = (criterion: 'equalized_odds' | 'demographic_parity', minGroupSize: number): GateDefinition => ({
  ...{ kind: 'fairness', attribute: 'people:sex', criterion, measure: 'difference', limit: 0.2, minGroupSize },
  ...{ onSmall: 'ignore', confidence: 0.95 },
});

describe('slices', () => {
  it('are told of from thirty answers up, the largest first', () => {
    expect(sliceFindings([{ metric: 'accuracy' }], scored, [groups]).map(({ segment, n }) => [segment, n])).toEqual([
      ['people:sex = f', 50],
    ]);
  });

  it('of numbers are told apart by the cuts', () => {
    const ages = answeredSegment({ view: 'people', feature: 'age', cuts: [30] }, 'float64', ['29.5', '30', null]);
    expect(ages.slices).toEqual(['below 30', '30 and above', null]);
  });

  it('of more values than can be told apart keep the frequent ones', () => {
    const texts = Array.from({ length: 2_500 }, (_, i) => (i < 1_000 ? 'usual' : `rare ${i}`));
    const { slices, rows } = answeredSegment(SEX, 'string', texts);
    expect(slices).toHaveLength(1_000);
    expect(slices).toContain('other values');
    expect(rows.filter((row) => slices[row] === 'usual')).toHaveLength(1_000);
  });
});

describe('fairness in production', () => {
  it('tells each rate of a criterion by group, in an interval', () => {
    const found = fairnessFindings([gate('equalized_odds', 10)], scored, [groups]);
    expect(found.map(({ criterion }) => criterion)).toEqual([
      'equalized_odds: true positive rate',
      'equalized_odds: false positive rate',
    ]);
    const [first] = found[0]!.groups;
    expect(first).toMatchObject({ group: 'f', n: 26, rate: 0.5 });
    expect(first!.low).toBeLessThan(0.5);
    expect(found[0]!.difference!).toBeLessThan(0.1);
  });

  it('leaves small groups out of the difference, and tells equal questions once', () => {
    const gates = [gate('demographic_parity', 40), gate('demographic_parity', 40)];
    const found = fairnessFindings(gates, scored, [groups]);
    expect(found).toHaveLength(1);
    expect(found[0]!.groups).toHaveLength(3);
    expect(found[0]!.difference).toBeNull();
  });

  it('has no groups for an attribute that is not in the log', () => {
    expect(fairnessFindings([gate('demographic_parity', 5)], scored, [])).toEqual([
      { attribute: 'people:sex', criterion: 'demographic_parity: selection rate', groups: [], difference: null },
    ]);
  });
});

describe('calibration', () => {
  it('tells what became of the answers between the cuts, empty bins left out', () => {
    expect(calibrationFindings({ problem: 'binary', cuts: [0.5, 0.95] }, scored)).toEqual([
      { from: 0, to: 0.5, n: 40, score: expect.closeTo(0.1, 12), outcome: 0.5 },
      { from: 0.5, to: 0.95, n: 40, score: expect.closeTo(0.9, 12), outcome: 0.5 },
    ]);
  });

  it('of a regression ends at the smallest and the largest score', () => {
    const rows = { labels: [1, 7], scores: [-2, 6], threshold: null };
    expect(calibrationFindings({ problem: 'regression', cuts: [0] }, rows)).toEqual([
      { from: -2, to: 0, n: 1, score: -2, outcome: 1 },
      { from: 0, to: 6, n: 1, score: 6, outcome: 7 },
    ]);
    expect(calibrationFindings({ problem: 'regression', cuts: [0] }, { ...rows, scores: [], labels: [] })).toEqual([]);
  });
});

describe('the spans of a look', () => {
  const look = { atMs: 1_000_000, sinceMs: 0, windowMs: 80_000, maturityMs: 30_000, stretchMs: 10_000 };

  it('end with what has matured, and share no instant with what has not', () => {
    const spans = performanceSpans(look);
    expect(spans).toMatchObject({ maturedToMs: 970_000, maturedFromMs: 890_001, provisionalFromMs: 970_001 });
    expect(spans.recentFromMs).toBe(920_001);
  });

  it('begin no earlier than the champion did', () => {
    expect(performanceSpans({ ...look, sinceMs: 960_000 })).toMatchObject({
      maturedFromMs: 960_000,
      lifeFromMs: 960_000,
    });
  });

  it('go back sixteen windows at most, to where a stretch begins', () => {
    const { lifeFromMs } = performanceSpans({ ...look, atMs: 10_000_000 });
    expect(lifeFromMs % look.stretchMs).toBe(0);
    expect(9_970_000 - lifeFromMs).toBeLessThanOrEqual(16 * look.windowMs);
  });
});
