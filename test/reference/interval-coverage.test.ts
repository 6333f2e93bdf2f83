import { describe, expect, it } from 'vitest';
import type { GateDefinition, MetricChoice } from '../../core/definitions/model.ts';
import { judgeFairness } from '../../core/gates/fairness-gate.ts';
import { judgeSlices } from '../../core/gates/slice-gate.ts';
import { measure, pairedLoss } from '../../core/metrics/metric.ts';
import { METRIC_FACTS, metricName } from '../../core/metrics/metric-facts.ts';
import { metricInterval } from '../../core/metrics/metric-interval.ts';
import type { Interval } from '../../core/stats/interval.ts';
import { rateRatio } from '../../core/stats/rate-comparison.ts';
import { seededRandom, standardNormal } from '../../core/stats/seeded-random.ts';

/**
 * How often intervals of 95 % miss what they are about, on samples of a population that is known. The bounds leave room
 * for the number of samples: three standard errors of a share of 5 %.
 */
const SEED = 20260101;
const ROWS = 1_000;
const SAMPLES = 250;
const MOST_MISSED = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / SAMPLES);

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Rows with the scores of a candidate, which is calibrated where it is binary, and of a champion. */
function population(problem: 'binary' | 'regression') {
  const random = seededRandom(SEED);
  return (rows: number) => {
    const drawn = Array.from({ length: rows }, () => {
      const [x, y] = [standardNormal(random), standardNormal(random)];
      if (problem === 'regression') {
        return { label: x + y + standardNormal(random), candidate: x + 0.7 * y, champion: 0.9 * x + 0.5 * y + 0.2 };
      }
      const chance = sigmoid(-1 + 1.2 * x + 0.8 * y);
      return { label: random() < chance ? 1 : 0, candidate: chance, champion: sigmoid(-1 + x + 0.3 * y) };
    });
    const threshold = problem === 'binary' ? 0.5 : null;
    const labels = drawn.map(({ label }) => label);
    return {
      candidate: { labels, scores: drawn.map(({ candidate }) => candidate), threshold },
      champion: { labels, scores: drawn.map(({ champion }) => champion), threshold },
    };
  };
}

const isMissed = (interval: Interval | null | undefined, truth: number) =>
  interval === null || interval === undefined || truth < interval.low || truth > interval.high;

const CHOICES: readonly MetricChoice[] = [
  { metric: 'auc' },
  { metric: 'average_precision' },
  { metric: 'log_loss' },
  { metric: 'accuracy' },
  { metric: 'f1' },
  { metric: 'precision' },
  { metric: 'recall' },
  { metric: 'precision_at_k', k: 0.1 },
  { metric: 'recall_at_k', k: 0.1 },
  { metric: 'calibration_error' },
  { metric: 'rmse' },
  { metric: 'mae' },
  { metric: 'pinball', alpha: 0.9 },
];

describe('intervals of metrics and of paired losses cover the truth', () => {
  const whole = { binary: population('binary')(150_000), regression: population('regression')(150_000) };
  it.each(CHOICES.map((choice) => ({ name: metricName(choice), choice })))('of $name', ({ choice }) => {
    const { problem, better } = METRIC_FACTS[choice.metric];
    const [own, other] = [measure(choice, whole[problem].candidate)!, measure(choice, whole[problem].champion)!];
    const loss = better === 'higher' ? other - own : own - other;
    const draw = population(problem);
    const samples = choice.metric === 'calibration_error' ? 40 : SAMPLES; // slow, and far from missing
    let [metrics, losses] = [0, 0];
    for (let i = 0; i < samples; i++) {
      const { candidate, champion } = draw(ROWS);
      if (isMissed(metricInterval(choice, candidate, 0.95), own)) metrics++;
      if (isMissed(pairedLoss(choice, candidate, champion.scores)?.interval(0.95), loss)) losses++;
    }
    expect(metrics / samples).toBeLessThanOrEqual(MOST_MISSED);
    expect(losses / samples).toBeLessThanOrEqual(MOST_MISSED);
  });
});

describe('intervals of ratios cover the truth', () => {
  it.each([
    { a: 0.1, b: 0.3, n: 100, m: 60 },
    { a: 0.5, b: 0.5, n: 40, m: 400 },
    { a: 0.95, b: 0.98, n: 100, m: 100 },
    { a: 0.03, b: 0.05, n: 200, m: 300 },
  ])('of $a over $b', ({ a, b, n, m }) => {
    const random = seededRandom(SEED);
    const hits = (rate: number, of: number) => {
      let count = 0;
      for (let i = 0; i < of; i++) if (random() < rate) count++;
      return count;
    };
    let missed = 0;
    for (let i = 0; i < 2_000; i++) {
      if (isMissed(rateRatio({ hits: hits(a, n), n }, { hits: hits(b, m), n: m }, 0.95), a / b)) missed++;
    }
    expect(missed / 2_000).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 2_000));
  });
});

/** Rows of some groups with their chances of a positive label and, by label, of a positive decision. */
function decisions(
  groups: readonly { rows: number; positive: number; hit: number; alarm: number }[],
  random: () => number,
) {
  const rows = groups.flatMap(({ rows: of, positive, hit, alarm }, group) =>
    Array.from({ length: of }, () => {
      const label = random() < positive ? 1 : 0;
      return { group, label, score: random() < (label === 1 ? hit : alarm) ? 1 : 0 };
    }),
  );
  const test = { labels: rows.map(({ label }) => label), scores: rows.map(({ score }) => score), threshold: 0.5 };
  const slices = groups.map((_, group) => `g${group}`);
  return { test, segments: [{ segment: 'p:g', slices, rows: rows.map(({ group }) => group) }] };
}

describe('the fairness gate errs as seldom as its confidence says', () => {
  const gate = {
    kind: 'fairness',
    attribute: 'p:g',
    minGroupSize: 20,
    onSmall: 'inconclusive',
    confidence: 0.95,
  } as const;
  const share = { hit: 0.7, alarm: 0.2, positive: 0.4 };
  const unequal = [
    { ...share, rows: 400 },
    { ...share, rows: 300, hit: 0.55 },
    { ...share, rows: 200, hit: 0.6, alarm: 0.3 },
  ];
  it.each([
    { criterion: 'equal_opportunity', measure: 'difference', groups: unequal, truth: 0.15 },
    { criterion: 'equal_opportunity', measure: 'ratio', groups: unequal, truth: 0.55 / 0.7 },
    { criterion: 'equalized_odds', measure: 'difference', groups: unequal, truth: 0.15 },
    {
      criterion: 'demographic_parity',
      measure: 'difference',
      groups: [share, share, share].map((one) => ({ ...one, rows: 150 })),
      truth: 0,
    },
    {
      criterion: 'demographic_parity',
      measure: 'ratio',
      groups: [share, share].map((one) => ({ ...one, rows: 150 })),
      truth: 1,
    },
  ] as const)('$criterion by $measure of $truth', ({ criterion, measure: by, groups, truth }) => {
    const random = seededRandom(SEED);
    let [missed, passed, failed] = [0, 0, 0];
    for (let i = 0; i < 400; i++) {
      const evidence = decisions(groups, random);
      const { interval } = judgeFairness({ ...gate, criterion, measure: by, limit: truth }, evidence).evidence[0]!;
      if (isMissed(interval, truth)) missed++;
      // a hair on the wrong side, and on the right one, of what is true
      const judge = (limit: number) => judgeFairness({ ...gate, criterion, measure: by, limit }, evidence).outcome;
      const hair = by === 'difference' ? -1e-9 : 1e-9;
      if (truth + hair >= 0 && truth + hair <= 1 && judge(truth + hair) === 'pass') passed++;
      if (judge(truth) === 'fail') failed++;
    }
    expect(missed / 400).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 400));
    const half = 0.025 + 3 * Math.sqrt((0.025 * 0.975) / 400);
    expect([passed / 400 <= half, failed / 400 <= half]).toEqual([true, true]);
  });
});

describe('the slice gate errs as seldom as its confidence says', () => {
  const gate: GateDefinition & { kind: 'slice' } = {
    kind: 'slice',
    metric: 'recall',
    by: [],
    pairs: false,
    atLeast: 0.6,
    atMost: null,
    maxGap: null,
    minRows: 50,
    onSmall: 'inconclusive',
    confidence: 0.95,
  };
  const slices = [0.6, 0.9, 0.9, 0.9, 0.9].map((hit) => ({ rows: 300, positive: 0.5, hit, alarm: 0.1 }));
  it('by passing one slice that is at its limit, or failing all that are', () => {
    const random = seededRandom(SEED);
    let [passed, failed] = [0, 0];
    for (let i = 0; i < 400; i++) {
      if (judgeSlices(gate, decisions(slices, random)).outcome === 'pass') passed++;
      const allAtLimit = decisions(
        slices.map((slice) => ({ ...slice, hit: 0.6 })),
        random,
      );
      if (judgeSlices(gate, allAtLimit).outcome === 'fail') failed++;
    }
    const half = 0.025 + 3 * Math.sqrt((0.025 * 0.975) / 400);
    expect([passed / 400 <= half, failed / 400 <= half]).toEqual([true, true]);
  });
});
