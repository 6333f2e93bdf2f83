import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { treeExplainer } from '../../../core/explain/tree-explainer.ts';
import { concatenate } from '../../../core/trees/parse-xgboost-model.ts';
import { predictMargin, type TreeEnsemble } from '../../../core/trees/tree-ensemble.ts';

const SEED = 20260101;
const FEATURES = 4;

type Tree = number | Split;
interface Split {
  readonly feature: number;
  readonly threshold: number;
  readonly defaultLeft: boolean;
  /** Training rows that went to each side. */
  readonly rows: readonly [left: number, right: number];
  readonly left: Tree;
  readonly right: Tree;
}

const small = fc.integer({ min: -8, max: 8 }).map((n) => n / 4);
const { tree: trees } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    small,
    fc.record({
      feature: fc.integer({ min: 0, max: FEATURES - 1 }),
      threshold: small,
      defaultLeft: fc.boolean(),
      rows: fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })),
      left: tie('tree'),
      right: tie('tree'),
    }),
  ),
}));
const rows = fc.array(fc.oneof({ weight: 4, arbitrary: small }, { weight: 1, arbitrary: fc.constant(Number.NaN) }), {
  minLength: FEATURES,
  maxLength: FEATURES,
});

function ensembleOf(forest: readonly Tree[], featureCount = FEATURES): TreeEnsemble {
  const nodes = forest.map((tree) => {
    const flat = { left: [], right: [], feature: [], threshold: [], defaultLeft: [], cover: [], gain: [] } as Record<
      'left' | 'right' | 'feature' | 'threshold' | 'defaultLeft' | 'cover' | 'gain',
      number[]
    >;
    const add = (part: Tree, cover: number): number => {
      const index = flat.left.length;
      for (const values of Object.values(flat)) values.push(0);
      flat.cover[index] = cover;
      flat.threshold[index] = typeof part === 'number' ? part : part.threshold;
      flat.left[index] = flat.right[index] = -1;
      if (typeof part === 'number') return index;
      flat.feature[index] = part.feature;
      flat.defaultLeft[index] = Number(part.defaultLeft);
      flat.left[index] = add(part.left, part.rows[0]);
      flat.right[index] = add(part.right, part.rows[1]);
      return index;
    };
    add(tree, 0);
    return flat;
  });
  return {
    featureCount,
    featureNames: [],
    objective: 'reg:squarederror',
    groupCount: 1,
    baseScores: Float32Array.of(0.25),
    baseMargins: Float32Array.of(0.25),
    treeGroups: new Int32Array(forest.length),
    parallelTrees: 1,
    attributes: {},
    ...concatenate(nodes),
  };
}

/** Score of a tree when only the features of the mask are known: the others are averaged over the training rows. */
function expected(tree: Tree, row: readonly number[], known: number): number {
  if (typeof tree === 'number') return tree;
  const value = row[tree.feature]!;
  if ((known >> tree.feature) & 1) {
    const goesLeft = Number.isNaN(value) ? tree.defaultLeft : value < tree.threshold;
    return expected(goesLeft ? tree.left : tree.right, row, known);
  }
  const total = tree.rows[0] + tree.rows[1];
  const share = total === 0 ? 0.5 : tree.rows[0] / total;
  return share * expected(tree.left, row, known) + (1 - share) * expected(tree.right, row, known);
}

/** Shapley's formula, over every subset of the features. */
function shapley(forest: readonly Tree[], row: readonly number[], feature: number): number {
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const worth = (known: number) => forest.reduce<number>((sum, tree) => sum + expected(tree, row, known), 0);
  let sum = 0;
  for (let known = 0; known < 1 << FEATURES; known++) {
    if ((known >> feature) & 1) continue;
    const size = [...known.toString(2)].filter((bit) => bit === '1').length;
    const weight = (factorial(size) * factorial(FEATURES - size - 1)) / factorial(FEATURES);
    sum += weight * (worth(known | (1 << feature)) - worth(known));
  }
  return sum;
}

const forests = fc.array(trees, { minLength: 1, maxLength: 3 });

describe('contributions of random trees', () => {
  it('are the Shapley values of the definition, counted subset by subset', () => {
    fc.assert(
      fc.property(forests, rows, (forest, row) => {
        const found = treeExplainer(ensembleOf(forest)).explain(row);
        for (let feature = 0; feature < FEATURES; feature++) {
          expect(found[feature]).toBeCloseTo(shapley(forest, row, feature), 9);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('sum to the raw score with the bias', () => {
    fc.assert(
      fc.property(forests, rows, (forest, row) => {
        const ensemble = ensembleOf(forest);
        const sum = treeExplainer(ensemble)
          .explain(row)
          .reduce((total, one) => total + one, 0);
        expect(sum).toBeCloseTo(predictMargin(ensemble, row), 5);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('give a feature that no tree looks at nothing, wherever it stands', () => {
    fc.assert(
      fc.property(forests, rows, fc.double(), (forest, row, any) => {
        const found = treeExplainer(ensembleOf(forest, FEATURES + 1)).explain([...row, any]);
        expect(found[FEATURES]).toBe(0);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('of a sum of trees are the sums of those of each tree', () => {
    fc.assert(
      fc.property(trees, trees, rows, (one, other, row) => {
        const both = treeExplainer(ensembleOf([one, other])).explain(row);
        const [a, b] = [one, other].map((tree) => treeExplainer(ensembleOf([tree])).explain(row));
        for (let feature = 0; feature < FEATURES; feature++) {
          expect(both[feature]).toBeCloseTo(a![feature]! + b![feature]!, 9);
        }
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('do not depend on what was explained before', () => {
    fc.assert(
      fc.property(forests, rows, rows, (forest, row, other) => {
        const explainer = treeExplainer(ensembleOf(forest));
        const first = explainer.explain(row).slice();
        explainer.explain(other);
        expect(explainer.explain(row)).toEqual(first);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });
});

describe('closed forms', () => {
  /** 1 when both features are 1; each of the four cells was seen equally often. */
  const and = (first: number, second: number): Tree => ({
    feature: first,
    threshold: 0.5,
    defaultLeft: true,
    rows: [2, 2],
    left: 0,
    right: { feature: second, threshold: 0.5, defaultLeft: true, rows: [1, 1], left: 0, right: 1 },
  });

  // v() = 1/4, v(a) = v(b) = 1/2 or 0, v(a, b) = a and b
  it.each([
    [1, 1, 3 / 8, 3 / 8],
    [1, 0, 1 / 8, -3 / 8],
    [0, 1, -3 / 8, 1 / 8],
    [0, 0, -1 / 8, -1 / 8],
  ])('AND of %d and %d', (a, b, ofA, ofB) => {
    const found = treeExplainer(ensembleOf([and(0, 1)], 2)).explain([a, b]);
    expect([...found]).toEqual([ofA, ofB, 0.25 + 1 / 4]);
  });

  it('features that play the same part get the same', () => {
    for (const [a, b] of [
      [1, 1],
      [0, 0],
    ] as const) {
      const found = treeExplainer(ensembleOf([and(0, 1), and(1, 0)], 2)).explain([a, b]);
      expect(found[0]).toBe(found[1]);
    }
  });

  it('an additive model gives each feature its effect less its mean effect', () => {
    const effect = (feature: number, low: number, high: number, rowCounts: [number, number]): Tree => ({
      feature,
      threshold: 0,
      defaultLeft: false,
      rows: rowCounts,
      left: low,
      right: high,
    });
    const found = treeExplainer(ensembleOf([effect(0, -1, 3, [3, 1]), effect(1, 2, 6, [1, 1])], 2)).explain([5, -5]);
    expect([...found]).toEqual([3 - 0, 2 - 4, 0.25 + 0 + 4]);
  });

  it('a model without splits leaves everything to the bias', () => {
    expect([...treeExplainer(ensembleOf([1.5])).explain([1, 2, 3, 4])]).toEqual([0, 0, 0, 0, 1.75]);
  });

  it('a row of other columns is refused', () => {
    expect(() => treeExplainer(ensembleOf([1])).explain([1])).toThrow('the row has 1 columns');
  });
});
