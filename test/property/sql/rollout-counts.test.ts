import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { DAY_MS } from '../../../core/clock.ts';
import type { CanaryCountSpec, ShadowCountSpec } from '../../../core/rollout/count-spec.ts';
import type { ArmCounts, CanaryCounts, Moments, ShadowCounts } from '../../../core/rollout/observations.ts';
import { countsOf } from '../../../core/rollout/read-counts.ts';
import { rolloutCountsSql } from '../../../core/sql/rollout-counts-sql.ts';
import { AthenaLab, DATABASE } from './athena-lab.ts';
import { SEED } from './histories.ts';
import { canaryOracle, shadowOracle } from './rollout-counts-oracle.ts';
import {
  BASELINE,
  CANDIDATE,
  FROM_MS,
  type LogLine,
  logLine,
  OUTCOME_TABLE,
  outcomeLine,
  PREDICTION_TABLE,
} from './rollout-log.ts';

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
});
afterAll(() => lab.close());

const CUTS = [0.2, 0.5, 0.75];
const window = {
  database: DATABASE,
  model: 'churn',
  rolloutId: 'now',
  releases: { baseline: BASELINE, candidate: CANDIDATE },
  fromMs: FROM_MS,
  toMs: FROM_MS + 60_000,
  cuts: CUTS,
};
const step: CanaryCountSpec = { ...window, kind: 'canary', challenger: { is: 'candidate', share: 0.25 } };
const watch: CanaryCountSpec = { ...window, kind: 'canary', challenger: { is: 'baseline', share: 0.05 } };
const unheld: CanaryCountSpec = { ...window, kind: 'canary', challenger: { is: 'baseline', share: 0 } };
const alone: CanaryCountSpec = { ...window, kind: 'canary', challenger: null };
const shadow: ShadowCountSpec = { ...window, kind: 'shadow' };

async function load(predictions: readonly LogLine[], outcomes: readonly LogLine[]): Promise<void> {
  await lab.table('prediction', PREDICTION_TABLE, predictions);
  await lab.table('outcome', OUTCOME_TABLE, outcomes);
}

const history = fc.record({
  predictions: fc.array(logLine, { minLength: 200, maxLength: 250 }),
  outcomes: fc.array(outcomeLine, { minLength: 150, maxLength: 200 }),
  repeated: fc.array(fc.nat({ max: 249 }), { maxLength: 20 }),
});
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const nextDay = dayOf(FROM_MS + DAY_MS);
/** With some lines in the log twice, the second of them delivered on the next day; of two instances one is the first. */
const histories = fc.sample(history, { seed: SEED, numRuns: 6 }).map(({ predictions, outcomes, repeated }) => {
  const lines = predictions.map((line, i): LogLine => {
    const named = { ...line, prediction_id: `p${i}` };
    return line['entities'] === null ? { ...named, unit: `p${i - (i % 2)}` } : named;
  });
  const again = repeated.flatMap((i) => (lines[i] === undefined ? [] : [{ ...lines[i], dt: nextDay }]));
  return { predictions: [...lines, ...again], outcomes };
});

const rounded = ({ n, sum, sumSquares }: Moments) => ({ n, sum: sum.toFixed(9), sumSquares: sumSquares.toFixed(9) });
const arm = (counts: ArmCounts) => ({
  ...counts,
  missing: rounded(counts.missing),
  outcome: rounded(counts.outcome),
});
const canary = (counts: CanaryCounts) => ({
  ...counts,
  baseline: arm(counts.baseline),
  candidate: arm(counts.candidate),
});
const pairs = (counts: ShadowCounts) => ({
  ...counts,
  baseline: { ...counts.baseline, missing: rounded(counts.baseline.missing) },
  candidate: { ...counts.candidate, missing: rounded(counts.candidate.missing) },
  difference: rounded(counts.difference),
});

describe(`what a log says of a rollout is what a slow reader counts (seed ${SEED})`, () => {
  test.each(histories.map((one, i) => [i, one] as const))('case %i', async (_, { predictions, outcomes }) => {
    await load(predictions, outcomes);
    for (const spec of [step, watch, unheld, alone]) {
      const counted = countsOf(await lab.run(rolloutCountsSql(spec)), spec);
      expect(canary(counted)).toEqual(canary(canaryOracle(predictions, outcomes, spec)));
    }
    const counted = countsOf(await lab.run(rolloutCountsSql(shadow)), shadow);
    expect(pairs(counted)).toEqual(pairs(shadowOracle(predictions, shadow)));
  });

  it('over logs that are about both releases', () => {
    const counts = histories.map(({ predictions, outcomes }) => canaryOracle(predictions, outcomes, step));
    const sum = (of: (counts: CanaryCounts) => number) => counts.reduce((total, one) => total + of(one), 0);
    expect(sum(({ baseline }) => baseline.outcome.n)).toBeGreaterThan(10);
    expect(sum(({ candidate }) => candidate.failed)).toBeGreaterThan(10);
    expect(sum(({ candidate }) => candidate.requests - candidate.units)).toBeGreaterThan(10);
    const shadows = histories.map(({ predictions }) => shadowOracle(predictions, shadow));
    expect(shadows.reduce((total, { flips }) => total + flips, 0)).toBeGreaterThan(10);
  });
});

it('counts nothing of an empty log', async () => {
  await load([], []);
  const counted = countsOf(await lab.run(rolloutCountsSql(step)), step);
  expect(counted.candidate).toEqual({
    releaseId: CANDIDATE,
    units: 0,
    requests: 0,
    failed: 0,
    latency: [],
    scores: [0, 0, 0, 0],
    missing: { n: 0, sum: 0, sumSquares: 0 },
    outcome: { n: 0, sum: 0, sumSquares: 0 },
  });
  expect(counted.candidateShare).toBe(0.25);
});

it('counts the share of a candidate that is champion as what the challenger leaves', () => {
  expect(countsOf([], watch).candidateShare).toBe(0.95);
  expect(countsOf([], unheld).candidateShare).toBe(1);
  expect(countsOf([], alone).candidateShare).toBe(1);
});

it('counts a request that another release answered as that of the one that failed it, in its role', async () => {
  const at = { model: 'churn', requested_at_ms: FROM_MS, answered_at_ms: FROM_MS + 5, dt: dayOf(FROM_MS) };
  const line = (id: string, rest: LogLine): LogLine => ({
    ...at,
    prediction_id: id,
    entities: '{}',
    features: '{}',
    score: 0.4,
    rollout_id: 'now',
    unit: `[${id}]`,
    latency_ms: 3,
    error: null,
    inputs: 4,
    missing_inputs: 0,
    ...rest,
  });
  const byTheOneBefore = { release_id: BASELINE, arm: 'challenger', failed_release_id: CANDIDATE, failed_error: 'x' };
  const byTheNewOne = { release_id: CANDIDATE, arm: 'champion', failed_release_id: BASELINE, failed_error: 'x' };
  const lines = [
    line('a', { share: 0.05, ...byTheOneBefore }),
    line('b', { share: 0.05, release_id: CANDIDATE, arm: 'champion' }),
    line('c', { share: 0.05, release_id: BASELINE, arm: 'challenger' }),
    line('d', { share: 0.05, ...byTheNewOne }),
    line('e', { share: 0, ...byTheOneBefore }),
    line('f', { share: 0, ...byTheOneBefore, error: 'x', score: null }),
  ];
  await load(lines, []);
  const count = async (spec: CanaryCountSpec) => countsOf(await lab.run(rolloutCountsSql(spec)), spec);
  const held = await count(watch);
  expect([held.candidate, held.baseline]).toMatchObject([
    { units: 2, requests: 2, failed: 1 },
    { units: 2, requests: 2, failed: 1 },
  ]);
  const alone = await count(unheld);
  expect([alone.candidate, alone.baseline]).toMatchObject([
    { units: 2, requests: 2, failed: 2 },
    { units: 0, requests: 0, failed: 0 },
  ]);
});

it('refuses rows that are no counts', () => {
  const row = { release_id: CANDIDATE, measure: 'score', bin: 0n, n: 3n, total: 0, squares: 0 };
  expect(countsOf([row], step).candidate.scores).toEqual([3, 0, 0, 0]);
  expect(() => countsOf([{ ...row, bin: 4n }], step)).toThrow('bin 4 of 4');
  expect(() => countsOf([{ ...row, n: null }], step)).toThrow('n = null, which is no number');
  expect(() => countsOf([{ ...row, measure: null }], step)).toThrow('lacks its release_id or measure');
});
