import { describe, expect, it } from 'vitest';
import { parseXgboostModel } from '../../core/trees/parse-xgboost-model.ts';
import { predict, predictMargin, roundCount } from '../../core/trees/tree-ensemble.ts';
import { writeXgboostModel } from '../../core/trees/write-xgboost-model.ts';
import { binMatrix } from '../../local/containers/xgboost/boosting/binned-matrix.ts';
import { boost, type RoundScores } from '../../local/containers/xgboost/boosting/boost.ts';
import type { LabelledMatrix } from '../../local/containers/xgboost/boosting/matrix.ts';
import { measure } from '../../local/containers/xgboost/boosting/metrics.ts';
import { seededRandom } from '../../local/containers/xgboost/boosting/random.ts';
import { readHyperparameters } from '../../local/containers/xgboost/hyperparameters.ts';

const NAN = Number.NaN;

/** Rows with the label first. */
function matrix(rows: readonly (readonly number[])[]): LabelledMatrix {
  return {
    rowCount: rows.length,
    columnCount: (rows[0]?.length ?? 1) - 1,
    values: Float32Array.from(rows.flatMap((row) => row.slice(1))),
    labels: Float32Array.from(rows, (row) => row[0]!),
  };
}

const parameters = (more: Readonly<Record<string, string>> = {}) =>
  readHyperparameters({ num_round: '20', objective: 'binary:logistic', min_child_weight: '0', eta: '0.5', ...more });

/** Label depends on two of four columns and on whether the third is missing. */
function sample(count: number, seed: number): LabelledMatrix {
  const random = seededRandom(seed);
  const rows = Array.from({ length: count }, () => {
    const [a, b, c, d] = [random(), random(), random() < 0.3 ? NAN : random(), Math.floor(random() * 5)];
    const chance = 0.1 + 0.5 * Number(a > 0.6) + 0.3 * Number(Number.isNaN(c)) * b;
    return [Number(random() < chance), a, b, c, d];
  });
  return matrix(rows);
}

const predictions = (model: Awaited<ReturnType<typeof boost>>, { values, rowCount, columnCount }: LabelledMatrix) =>
  Float32Array.from({ length: rowCount }, (_, row) =>
    predict(model, values.subarray(row * columnCount, (row + 1) * columnCount)),
  );

describe('training', () => {
  it.each([
    [
      'and',
      [
        [0, 0, 0],
        [0, 0, 1],
        [0, 1, 0],
        [1, 1, 1],
      ],
    ],
    // greedy splits see no gain in a perfect xor, so one corner is heavier
    [
      'xor',
      [
        [0, 0, 0],
        [1, 0, 1],
        [1, 1, 0],
        [0, 1, 1],
        [0, 1, 1],
      ],
    ],
  ])('learns %s', async (_, rows) => {
    const model = await boost(matrix(rows), undefined, parameters());
    for (const [label, ...row] of rows) expect(predict(model, row) > 0.5).toBe(label === 1);
  });

  it('answers about the label when it never changes', async () => {
    const ones = await boost(
      matrix([
        [1, 0],
        [1, 1],
      ]),
      undefined,
      parameters(),
    );
    const zeros = await boost(
      matrix([
        [0, 0],
        [0, 1],
      ]),
      undefined,
      parameters(),
    );
    expect(predict(ones, [0])).toBeGreaterThan(0.999);
    expect(predict(zeros, [0])).toBeLessThan(0.001);
  });

  it('learns from one row, and from a column that is always missing', async () => {
    expect(predict(await boost(matrix([[1, 3, NAN]]), undefined, parameters()), [3, NAN])).toBeGreaterThan(0.5);
    const model = await boost(
      matrix([
        [0, NAN, 1],
        [1, NAN, 2],
      ]),
      undefined,
      parameters(),
    );
    expect(predict(model, [NAN, 2])).toBeGreaterThan(predict(model, [NAN, 1]));
    expect(predict(model, [5, 2])).toBe(predict(model, [NAN, 2]));
  });

  it('learns which way missing values go', async () => {
    const rows = [
      [1, NAN],
      [1, NAN],
      [0, 1],
      [0, 2],
      [1, 9],
      [1, 8],
    ];
    const model = await boost(matrix(rows), undefined, parameters());
    expect(predict(model, [NAN])).toBeGreaterThan(0.7);
    const flipped = await boost(matrix(rows.map(([label, ...row]) => [1 - label!, ...row])), undefined, parameters());
    expect(predict(flipped, [NAN])).toBeLessThan(0.3);
  });

  it('gives the same model for the same seed, and another for another', async () => {
    const rows = sample(400, 1);
    const sampled = { subsample: '0.7', colsample_bytree: '0.5', colsample_bynode: '0.7' };
    const train = async (seed: string) =>
      writeXgboostModel(await boost(rows, undefined, parameters({ ...sampled, seed })));
    expect(await train('5')).toBe(await train('5'));
    expect(await train('6')).not.toBe(await train('5'));
  });

  it('keeps trees within max_depth and max_leaves', async () => {
    const rows = sample(500, 2);
    const deep = await boost(rows, undefined, parameters({ num_round: '1', max_depth: '3' }));
    expect(leaves(deep.left)).toBeLessThanOrEqual(8);
    const leafy = await boost(
      rows,
      undefined,
      parameters({ num_round: '1', max_depth: '0', max_leaves: '5', grow_policy: 'lossguide' }),
    );
    expect(leaves(leafy.left)).toBe(5);
    const stump = await boost(rows, undefined, parameters({ num_round: '1', gamma: '1000000' }));
    expect(stump.left).toEqual(Int32Array.of(-1));
  });

  it('predicts what it counted during training, through a written and read file too', async () => {
    const rows = sample(300, 3);
    const lines: RoundScores[] = [];
    const model = await boost(rows, undefined, parameters({ eval_metric: 'logloss' }), (line) => void lines.push(line));
    expect(measure('logloss', predictions(model, rows), rows.labels)).toBe(lines.at(-1)?.scores[0]?.value);
    const again = parseXgboostModel(JSON.parse(writeXgboostModel(model)));
    expect(predictions(again, rows)).toEqual(predictions(model, rows));
  });

  it('stops early and keeps the best round', async () => {
    const lines: RoundScores[] = [];
    const hyperparameters = parameters({ num_round: '300', early_stopping_rounds: '5', eval_metric: 'auc,logloss' });
    const model = await boost(sample(300, 4), sample(300, 5), hyperparameters, (line) => void lines.push(line));
    const losses = lines.map(({ scores }) => scores.at(-1)!.value);
    const best = losses.indexOf(Math.min(...losses));
    expect(lines).toHaveLength(best + 6);
    expect(roundCount(model)).toBe(best + 1);
    expect(model.attributes).toEqual({ best_iteration: String(best), best_score: String(losses[best]) });
  });

  it.each([
    [
      'reg:squarederror',
      [
        [10, 1],
        [20, 2],
        [30, 3],
        [40, 4],
      ],
      'rmse',
    ],
    [
      'count:poisson',
      [
        [1, 1],
        [2, 2],
        [4, 3],
        [9, 4],
      ],
      'poisson-nloglik',
    ],
    [
      'reg:logistic',
      [
        [0.1, 1],
        [0.2, 2],
        [0.7, 3],
        [0.9, 4],
      ],
      'rmse',
    ],
  ])('fits %s', async (objective, rows, metric) => {
    const lines: RoundScores[] = [];
    const model = await boost(
      matrix(rows),
      undefined,
      parameters({ objective, num_round: '200', lambda: '0' }),
      (line) => void lines.push(line),
    );
    for (const [label, ...row] of rows) expect(predict(model, row)).toBeCloseTo(label!, 1);
    expect(lines[0]?.scores[0]?.metric).toBe(metric);
  });

  it('leans towards positive rows with scale_pos_weight, and starts at base_score', async () => {
    const rows = sample(300, 6);
    const mean = async (more: Record<string, string>) => {
      const scores = predictions(await boost(rows, undefined, parameters({ num_round: '3', ...more })), rows);
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    };
    expect(await mean({ scale_pos_weight: '5' })).toBeGreaterThan((await mean({})) + 0.1);
    const untouched = await boost(
      rows,
      undefined,
      parameters({ num_round: '1', base_score: '0.2', gamma: '1000000', lambda: '1000000000' }),
    );
    expect(predictMargin(untouched, [0, 0, 0, 0])).toBeCloseTo(Math.log(0.25), 4);
  });

  it.each([
    ['no rows', [], {}, /train channel has no rows/],
    ['a label outside 0 to 1', [[2, 1]], {}, /label 2 of row 1 in channel train must be between 0 and 1/],
    ['a missing label', [[NAN, 1]], {}, /must be a number/],
    ['a negative count', [[-1, 1]], { objective: 'count:poisson' }, /must be 0 or more/],
  ])('refuses %s', async (_, rows, more, message) => {
    await expect(boost(matrix(rows), undefined, parameters(more))).rejects.toThrow(message);
  });
});

describe('binMatrix', () => {
  it('gives every distinct value its own bin when there are few', () => {
    const { bins, cuts } = binMatrix(
      matrix([
        [0, 3],
        [0, 1],
        [0, 3],
        [0, 2],
        [0, NAN],
      ]),
      256,
    );
    expect([...bins]).toEqual([2, 0, 2, 1, 3]);
    expect([...cuts[0]!.subarray(0, 2)]).toEqual([2, 3]);
  });

  it('spends bins on rare values beside a frequent one', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => [0, i < 900 ? 0 : i]);
    const { cuts, bins } = binMatrix(matrix(rows), 16);
    expect(cuts[0]).toHaveLength(16);
    expect(Math.max(...bins)).toBe(15);
  });

  it('keeps the order of values, whatever the number of bins', () => {
    const random = seededRandom(9);
    const rows = Array.from({ length: 500 }, () => [0, Math.round(random() * 100) / 10]);
    for (const maxBin of [2, 3, 17, 300]) {
      const { bins, cuts } = binMatrix(matrix(rows), maxBin);
      expect(cuts[0]!.length).toBeLessThanOrEqual(maxBin);
      const sorted = rows.map(([, value], i) => [value!, bins[i]!] as const).sort(([a], [b]) => a - b);
      expect(sorted.every(([, bin], i) => bin >= (sorted[i - 1]?.[1] ?? 0))).toBe(true);
    }
  });
});

describe('measure', () => {
  it('counts ties of the area under the curve half', () => {
    expect(measure('auc', Float32Array.of(0.1, 0.5, 0.5, 0.9), Float32Array.of(0, 0, 1, 1))).toBe(0.875);
    expect(measure('auc', Float32Array.of(-1, -0.5, 2), Float32Array.of(1, 0, 1))).toBe(0.5);
    expect(measure('auc', Float32Array.of(0.1, 0.2), Float32Array.of(1, 1))).toBeNaN();
  });

  it('gives the usual means', () => {
    const [p, y] = [Float32Array.of(0.25, 0.75), Float32Array.of(0, 0)];
    expect(measure('error', p, y)).toBe(0.5);
    expect(measure('mae', p, y)).toBe(0.5);
    expect(measure('rmse', p, y)).toBeCloseTo(Math.sqrt(0.3125), 12);
    expect(measure('logloss', p, y)).toBeCloseTo(-(Math.log(0.75) + Math.log(0.25)) / 2, 12);
    expect(measure('poisson-nloglik', Float32Array.of(2), Float32Array.of(3))).toBeCloseTo(
      Math.log(6) + 2 - 3 * Math.log(2),
      9,
    );
  });
});

describe('readHyperparameters', () => {
  it('takes aliases and fills in defaults', () => {
    const read = readHyperparameters({
      num_round: '7',
      learning_rate: '0.1',
      reg_lambda: '2',
      min_split_loss: '3',
      reg_alpha: '4',
    });
    expect(read).toMatchObject({ rounds: 7, eta: 0.1, lambda: 2, gamma: 3, alpha: 4, maxDepth: 6, metrics: ['rmse'] });
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['an unknown name', { num_rounds: '5' }, /num_rounds \(value "5"\) is not known; known: alpha, .*num_round/],
    ['no rounds', {}, /num_round is missing/],
    ['a fraction of a round', { num_round: '1.5' }, /num_round is "1.5"; allowed: a whole number from 1/],
    ['a number that is not text', { num_round: 5 }, /num_round is 5; SageMaker passes text only/],
    ['an empty value', { num_round: '1', eta: '' }, /eta is ""; allowed: a number from 0 up to 1/],
    ['a rate above 1', { num_round: '1', eta: '2' }, /eta is "2"/],
    ['a subsample of 0', { num_round: '1', subsample: '0' }, /subsample is "0"; allowed: a number above 0 up to 1/],
    [
      'an objective of another kind',
      { num_round: '1', objective: 'rank:map' },
      /allowed: binary:logistic, reg:logistic/,
    ],
    [
      'a metric among others',
      { num_round: '1', eval_metric: 'rmse,mape' },
      /eval_metric is "rmse,mape"; allowed: logloss/,
    ],
    ['a name and its alias', { num_round: '1', eta: '1', learning_rate: '1' }, /repeats eta/],
    ['auc for a regression', { num_round: '1', eval_metric: 'auc' }, /auc needs the objective binary:logistic/],
    ['trees without any limit', { num_round: '1', max_depth: '0' }, /never stop growing/],
    [
      'a base score that is no probability',
      { num_round: '1', objective: 'binary:logistic', base_score: '2' },
      /base_score is 2; it must be between/,
    ],
    ['another tree method', { num_round: '1', tree_method: 'exact' }, /tree_method is "exact"; allowed: auto, hist/],
  ])('refuses %s', (_, given, message) => {
    expect(() => readHyperparameters(given)).toThrow(message);
  });
});

function leaves(left: Int32Array): number {
  return left.filter((child) => child < 0).length;
}
