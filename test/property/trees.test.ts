import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concatenate, parseXgboostModel } from '../../core/trees/parse-xgboost-model.ts';
import type { TreeNodes } from '../../core/trees/read-tree-nodes.ts';
import { predict, predictMargin, type TreeEnsemble } from '../../core/trees/tree-ensemble.ts';
import { baseMargin } from '../../core/trees/tree-objective.ts';
import { writeXgboostModel } from '../../core/trees/write-xgboost-model.ts';

const SEED = 20260101;
const FEATURES = 3;

const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const splitFeature = fc.integer({ min: 0, max: FEATURES - 1 });

interface Branch {
  readonly feature: number;
  readonly threshold: number;
  readonly defaultLeft: boolean;
  readonly left: Branch | number;
  readonly right: Branch | number;
}

const { branch: branches } = fc.letrec<{ branch: Branch | number }>((tie) => ({
  branch: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    float,
    fc.record({
      feature: splitFeature,
      threshold: float,
      defaultLeft: fc.boolean(),
      left: tie('branch'),
      right: tie('branch'),
    }),
  ),
}));

function nodesOf(tree: Branch | number): TreeNodes {
  const nodes = { left: [], right: [], feature: [], threshold: [], defaultLeft: [], cover: [], gain: [] } as Record<
    keyof TreeNodes,
    number[]
  >;
  const add = (part: Branch | number): number => {
    const index = nodes.left.length;
    for (const values of Object.values(nodes)) values.push(0);
    nodes.threshold[index] = typeof part === 'number' ? part : part.threshold;
    nodes.left[index] = -1;
    nodes.right[index] = -1;
    if (typeof part === 'number') return index;
    nodes.feature[index] = part.feature;
    nodes.defaultLeft[index] = Number(part.defaultLeft);
    nodes.left[index] = add(part.left);
    nodes.right[index] = add(part.right);
    return index;
  };
  add(tree);
  return nodes;
}

function ensembleOf(trees: readonly (Branch | number)[], baseScore: number): TreeEnsemble {
  return {
    featureCount: FEATURES,
    featureNames: ['a', 'b', 'c'],
    objective: 'binary:logistic',
    groupCount: 1,
    baseScores: Float32Array.of(baseScore),
    baseMargins: Float32Array.of(baseMargin('binary:logistic', Math.fround(baseScore))),
    treeGroups: new Int32Array(trees.length),
    parallelTrees: 1,
    attributes: { best_iteration: '0' },
    ...concatenate(trees.map(nodesOf)),
  };
}

const ensembles = fc
  .tuple(fc.array(branches, { minLength: 1, maxLength: 5 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }))
  .map(([trees, baseScore]) => ({ trees, ensemble: ensembleOf(trees, baseScore) }));
const rows = fc.array(fc.oneof(float, fc.constant(Number.NaN)), { minLength: FEATURES, maxLength: FEATURES });

test('write, read and predict give the model back, bit for bit', () => {
  fc.assert(
    fc.property(ensembles, rows, ({ ensemble }, row) => {
      const again = parseXgboostModel(JSON.parse(writeXgboostModel(ensemble)));
      expect(again).toEqual(ensemble);
      expect(predictMargin(again, row)).toBe(predictMargin(ensemble, row));
    }),
    { seed: SEED },
  );
});

test('agrees with walking the nested tree', () => {
  const walk = (part: Branch | number, row: readonly number[]): number => {
    if (typeof part === 'number') return part;
    const value = Math.fround(row[part.feature]!);
    const goesLeft = Number.isNaN(value) ? part.defaultLeft : value < part.threshold;
    return walk(goesLeft ? part.left : part.right, row);
  };
  fc.assert(
    fc.property(ensembles, rows, ({ trees, ensemble }, row) => {
      const sum = trees.reduce<number>(
        (margin, tree) => Math.fround(margin + walk(tree, row)),
        ensemble.baseMargins[0]!,
      );
      expect(predictMargin(ensemble, row)).toBe(sum);
    }),
    { seed: SEED },
  );
});

test('a higher margin never predicts a lower probability, and probabilities stay within 0 and 1', () => {
  fc.assert(
    fc.property(ensembles, rows, rows, ({ ensemble }, a, b) => {
      const [lower, higher] = [a, b].sort((x, y) => predictMargin(ensemble, x) - predictMargin(ensemble, y));
      const low = predict(ensemble, lower!);
      const high = predict(ensemble, higher!);
      expect(low >= 0 && high <= 1 && low <= high).toBe(true);
    }),
    { seed: SEED },
  );
});

test('a missing value goes where some present value would', () => {
  fc.assert(
    fc.property(branches, rows, (tree, row) => {
      const ensemble = ensembleOf([tree], 0.5);
      const leaves = new Set(ensemble.threshold.filter((_, node) => ensemble.left[node]! < 0));
      const missing = row.map(() => Number.NaN);
      expect(leaves.has(Math.fround(predictMargin(ensemble, missing) - ensemble.baseMargins[0]!))).toBe(true);
    }),
    { seed: SEED },
  );
});
