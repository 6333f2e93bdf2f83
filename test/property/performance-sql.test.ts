import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { DAY_MS, MINUTE_MS } from '../../core/clock.ts';
import { type PerformanceSpec, performanceSpans } from '../../core/performance/performance-spec.ts';
import { performanceCountsSql } from '../../core/sql/performance-counts-sql.ts';
import { performanceMomentsSql } from '../../core/sql/performance-moments-sql.ts';
import { performanceSampleSql } from '../../core/sql/performance-sample-sql.ts';
import { countsOracle, momentsOracle, type OracleRow, rounded, rowsOfLog } from './performance-oracle.ts';
import { AthenaLab, DATABASE } from './sql/athena-lab.ts';
import { SEED } from './sql/histories.ts';
import { type LogLine, OUTCOME_TABLE, PREDICTION_TABLE } from './sql/rollout-log.ts';

let lab: AthenaLab;
beforeAll(async () => {
  lab = await AthenaLab.open();
});
afterAll(() => lab.close());

const AT_MS = Date.parse('2026-03-02T00:01:00.000Z');
const RELEASE = 'c'.repeat(64);
const spec: PerformanceSpec = {
  database: DATABASE,
  model: 'churn',
  releaseId: RELEASE,
  problem: 'binary',
  atMs: AT_MS,
  sinceMs: AT_MS - 100_000,
  windowMs: 40_000,
  maturityMs: 30_000,
  stretchMs: 5_000,
  loss: 'log_loss',
  cuts: [0.2, 0.5, 0.75],
  segments: ['people:sex', 'people:age'],
};
const regression: PerformanceSpec = { ...spec, problem: 'regression', loss: 'absolute_error', segments: [] };
const unripe: PerformanceSpec = { ...spec, maturityMs: 200_000, loss: 'brier' };
const prompt: PerformanceSpec = { ...spec, maturityMs: 0, windowMs: 8_000, stretchMs: 1_000, sinceMs: AT_MS - 60_000 };

const few = <T>(...values: T[]) => fc.constantFrom(...values);
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
/** The day that the oldest record of the same file came: that of a minute before for every other one. */
const folderOf = (ms: number, i: number) => dayOf(i % 2 === 0 ? ms : ms - MINUTE_MS);

const prediction = fc.record({
  model: few('churn', 'churn', 'churn', 'churn', 'other'),
  release: few(RELEASE, RELEASE, RELEASE, RELEASE, 'b'.repeat(64)),
  customer: fc.integer({ min: 0, max: 12 }),
  isInstance: few(false, false, false, true),
  isOld: few(false, false, false, true),
  isAnswered: few(true, true, true, true, false),
  score: fc.integer({ min: 0, max: 40 }).map((parts) => parts / 40),
  sex: few('female', 'male', 'it\'s "other"', null),
  age: few(17, 41.5, null),
  askedMs: fc.integer({ min: -110_000, max: 3_000 }).map((ms) => AT_MS + ms),
});
const outcome = fc.record({
  place: fc.nat({ max: 180 }),
  model: few('churn', 'churn', 'churn', 'churn', 'other'),
  value: few(0, 1, 1, 2.5),
  recordedMs: fc.oneof(fc.integer({ min: -100_000, max: 10_000 }), few(0, 1, -20_000)).map((ms) => AT_MS + ms),
  delayMs: few(10, 10, -2_000_000),
});
const history = fc.record({
  predictions: fc.array(prediction, { minLength: 140, maxLength: 160 }),
  outcomes: fc.array(outcome, { minLength: 150, maxLength: 200 }),
  repeated: fc.array(fc.nat({ max: 159 }), { maxLength: 20 }),
  isOneSided: few(false, true),
});

const histories = fc
  .sample(history, { seed: SEED, numRuns: 6 })
  .map(({ predictions, outcomes, repeated, isOneSided }) => {
    const lines = predictions.map(
      (one, i): LogLine => ({
        prediction_id: `p${i}`,
        model: one.model,
        release_id: one.release,
        entities: one.isInstance ? null : JSON.stringify({ customer_id: one.customer }),
        unit: one.isOld ? null : `[${one.customer}]`,
        features: JSON.stringify({
          'people:sex': { value: one.sex, status: one.sex === null ? 'NULL_VALUE' : 'PRESENT', defaultValue: 'male' },
          'people:age': { value: one.age, status: 'PRESENT' },
        }),
        score: one.isAnswered ? one.score : null,
        decision: one.isAnswered && !one.isOld ? one.score >= 0.5 : null,
        requested_at_ms: one.askedMs,
        answered_at_ms: one.askedMs + 5,
        dt: folderOf(one.askedMs, i),
      }),
    );
    const truths = outcomes
      .filter(({ place }) => !isOneSided || (predictions[place]?.score ?? 1) >= 0.5)
      .map(
        ({ place, model, value, recordedMs, delayMs }, i): LogLine => ({
          prediction_id: `p${place}`,
          model,
          value,
          occurred_at_ms: recordedMs - delayMs,
          recorded_at_ms: recordedMs,
          dt: folderOf(recordedMs, i),
        }),
      );
    const again = repeated.flatMap((i) =>
      lines[i] === undefined ? [] : [{ ...lines[i], dt: dayOf(AT_MS + DAY_MS / 2) }],
    );
    return { predictions: [...lines, ...again], outcomes: [...truths, ...truths.slice(0, 15)] };
  });

async function load(predictions: readonly LogLine[], outcomes: readonly LogLine[]): Promise<void> {
  await lab.table('prediction', PREDICTION_TABLE, predictions);
  await lab.table('outcome', OUTCOME_TABLE, outcomes);
}

describe(`what is counted is what a slow reader counts (seed ${SEED})`, () => {
  test.each(histories.map((one, i) => [i, one] as const))('case %i', async (_, { predictions, outcomes }) => {
    await load(predictions, outcomes);
    for (const one of [spec, regression, unripe, prompt]) {
      const spans = performanceSpans(one);
      const rows = (fromMs: number, toMs: number) => rowsOfLog(predictions, outcomes, one, fromMs, toMs);

      const moments = [...(await lab.run(performanceMomentsSql(one)))]
        .map((row) => ({ ...row, total: rounded(Number(row['total'])), squares: rounded(Number(row['squares'])) }))
        .sort((a, b) => Number(Reflect.get(a, 'stretch')) - Number(Reflect.get(b, 'stretch')));
      expect(moments).toEqual(momentsOracle(rows(spans.lifeFromMs, spans.maturedToMs), one));

      const fromMs = Math.min(spans.maturedFromMs, spans.provisionalFromMs, spans.recentFromMs);
      const counted = (await lab.run(performanceCountsSql(one))).map((row): [string, number[]] => [
        JSON.stringify(
          ['is_matured', 'is_provisional', 'is_recent', 'decided', 'bin', 'fine'].map((name) => row[name]),
        ),
        ['predictions', 'outcomes', 'units', 'unit_outcomes', 'total'].map((name) => rounded(Number(row[name]))),
      ]);
      expect(new Map(counted)).toEqual(countsOracle(rows(fromMs, AT_MS), one, spans));

      const sampled = await lab.run(performanceSampleSql(one));
      const from = Math.min(spans.maturedFromMs, spans.provisionalFromMs);
      expect(sampled.map((row) => JSON.stringify(row)).sort()).toEqual(
        rows(from, AT_MS)
          .filter(({ outcome: truth }) => truth !== null)
          .map((row) => JSON.stringify(sampleOf(row, one)))
          .sort(),
      );
    }
  });

  it('over logs that hold what is late, corrected, doubled and missing', () => {
    const answers = histories.flatMap(({ predictions, outcomes }) => rowsOfLog(predictions, outcomes, spec, 0, AT_MS));
    expect(answers.filter((row) => row.outcome !== null).length).toBeGreaterThan(80);
    expect(answers.filter((row) => row.outcome === null).length).toBeGreaterThan(100);
  });
});

function sampleOf({ askedMs, score, outcome: truth, features }: OracleRow, one: PerformanceSpec) {
  const served = JSON.parse(features) as Record<string, { value: string | number | null }>;
  const texts = one.segments.map((ref, i) => {
    const value = served[ref]?.value ?? null;
    return [`segment_${i}`, value === null ? null : String(value)];
  });
  return {
    is_matured: askedMs <= AT_MS - one.maturityMs,
    score,
    outcome: truth,
    ...Object.fromEntries(texts),
  };
}

it('samples the same answers of the same log, of each part as many as are wanted', async () => {
  const { predictions, outcomes } = histories[0]!;
  await load(predictions, outcomes);
  const first = await lab.run(performanceSampleSql(spec, { matured: 4, provisional: 3 }));
  const again = await lab.run(performanceSampleSql(spec, { matured: 4, provisional: 3 }));
  expect(first.filter((row) => row['is_matured'] === true)).toHaveLength(4);
  expect(first.filter((row) => row['is_matured'] === false)).toHaveLength(3);
  expect(again.map((row) => JSON.stringify(row)).sort()).toEqual(first.map((row) => JSON.stringify(row)).sort());
});

it('takes no truth whose loss is too large for a sum of squares, so that one mistake cannot end every scan', async () => {
  const asked = { model: 'churn', release_id: RELEASE, entities: null, score: 1, requested_at_ms: AT_MS - 50_000 };
  const told = { model: 'churn', recorded_at_ms: AT_MS - 10, occurred_at_ms: AT_MS - 20, dt: dayOf(AT_MS) };
  const squared: PerformanceSpec = { ...regression, loss: 'squared_error' };
  const values = [3, 1e200, -1e200];
  await load(
    values.map((_, i) => ({ ...asked, prediction_id: `p${i}`, dt: dayOf(AT_MS) })),
    values.map((value, i) => ({ ...told, prediction_id: `p${i}`, value })),
  );
  expect(await lab.run(performanceMomentsSql(squared))).toMatchObject([{ total: 4, squares: 16 }]);
});

it('counts nothing of an empty log', async () => {
  await load([], []);
  expect(await lab.run(performanceMomentsSql(spec))).toEqual([]);
  expect(await lab.run(performanceCountsSql(spec))).toEqual([]);
  expect(await lab.run(performanceSampleSql(spec))).toEqual([]);
});
