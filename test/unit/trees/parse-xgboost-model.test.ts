import { describe, expect, it } from 'vitest';
import { constantModel } from '../../../core/trees/constant-model.ts';
import { decodeUbjson } from '../../../core/trees/decode-ubjson.ts';
import { parseXgboostModel } from '../../../core/trees/parse-xgboost-model.ts';
import { readXgboostModel } from '../../../core/trees/read-xgboost-model.ts';
import { predict, predictMargin } from '../../../core/trees/tree-ensemble.ts';
import { writeXgboostModel } from '../../../core/trees/write-xgboost-model.ts';

type Json = Record<string, unknown>;

/** One stump on feature 1 at 0.5, left leaf -1, right leaf 2; `change` spoils it. */
function document(
  change: (parts: { learner: Json; booster: Json; model: Json; tree: Json; parameters: Json }) => void = () => {},
): Json {
  const tree: Json = {
    left_children: [1, -1, -1],
    right_children: [2, -1, -1],
    split_indices: [1, 0, 0],
    split_conditions: [0.5, -1, 2],
    default_left: [1, 0, 0],
    sum_hessian: [3, 2, 1],
    loss_changes: [4, 0, 0],
    tree_param: { num_nodes: '3', size_leaf_vector: '0' },
  };
  const model: Json = { trees: [tree], tree_info: [0], gbtree_model_param: { num_trees: '1' } };
  const booster: Json = { name: 'gbtree', model };
  const parameters: Json = { base_score: '5E-1', num_class: '0', num_feature: '2' };
  const learner: Json = {
    gradient_booster: booster,
    learner_model_param: parameters,
    objective: { name: 'binary:logistic' },
  };
  change({ learner, booster, model, tree, parameters });
  return { learner, version: [1, 7, 4] };
}

describe('parseXgboostModel', () => {
  it('sends a value below the threshold left, an equal one right, and a missing one the default way', () => {
    const stump = parseXgboostModel(document());
    expect(predictMargin(stump, [0, 0.49])).toBe(-1);
    expect(predictMargin(stump, [0, 0.5])).toBe(2);
    expect(predictMargin(stump, [0, Number.NaN])).toBe(-1);
  });

  it('compares in single precision', () => {
    const stump = parseXgboostModel(document(({ tree }) => (tree['split_conditions'] = [0.1, -1, 2])));
    expect(predictMargin(stump, [0, 0.1 - 1e-12])).toBe(2); // the same single as 0.1
  });

  it.each([
    ['"5E-1"', '5E-1', 0.5],
    ['"[2.5E-1]"', '[2.5E-1]', 0.25],
  ])('reads the base score %s as a probability', (_, text, probability) => {
    const model = parseXgboostModel(
      document(({ parameters, tree }) => {
        parameters['base_score'] = text;
        tree['split_conditions'] = [0.5, 0, 0];
      }),
    );
    expect(predict(model, [0, 0])).toBeCloseTo(probability, 6);
  });

  it.each<[string, Parameters<typeof document>[0], RegExp]>([
    ['dart', ({ booster }) => (booster['name'] = 'dart'), /booster dart.*supported: gbtree/],
    ['gblinear', ({ booster }) => (booster['name'] = 'gblinear'), /booster gblinear/],
    [
      'a ranking objective',
      ({ learner }) => (learner['objective'] = { name: 'rank:ndcg' }),
      /rank:ndcg.*binary:logistic/,
    ],
    ['a categorical split', ({ tree }) => (tree['split_type'] = [1, 0, 0]), /categorical splits/],
    ['vector leaves', ({ tree }) => (tree['tree_param'] = { size_leaf_vector: '3' }), /vector leaves/],
    ['several targets', ({ parameters }) => (parameters['num_target'] = '2'), /several targets/],
  ])('refuses %s by name', (_, change, message) => {
    expect(() => parseXgboostModel(document(change))).toThrow(
      expect.objectContaining({ name: 'UnsupportedModelError' }),
    );
    expect(() => parseXgboostModel(document(change))).toThrow(message);
  });

  it.each<[string, Parameters<typeof document>[0], RegExp]>([
    ['a loop', ({ tree }) => (tree['left_children'] = [0, -1, -1]), /reaches node 0 twice/],
    ['a child that is not there', ({ tree }) => (tree['right_children'] = [7, -1, -1]), /trees\[0\] has no node 7/],
    ['a feature that is not there', ({ tree }) => (tree['split_indices'] = [2, 0, 0]), /feature 2, but there are 2/],
    ['arrays of unequal length', ({ tree }) => (tree['sum_hessian'] = [1]), /1 entries of cover for 3 nodes/],
    [
      'text among numbers',
      ({ tree }) => (tree['split_conditions'] = [0.5, '1', 2]),
      /split_conditions\[1\] is "1", not a number/,
    ],
    ['no trees member', ({ model }) => delete model['trees'], /model\.trees is not a list/],
    ['a tree of an unknown output', ({ model }) => (model['tree_info'] = [1]), /outside 0 to 0/],
    ['a base score in words', ({ parameters }) => (parameters['base_score'] = 'half'), /base_score is "half"/],
    ['a negative feature count', ({ parameters }) => (parameters['num_feature'] = '-1'), /num_feature is "-1"/],
    ['too few feature names', ({ learner }) => (learner['feature_names'] = ['a']), /1 names for 2 features/],
  ])('says where %s is', (_, change, message) => {
    expect(() => parseXgboostModel(document(change))).toThrow(expect.objectContaining({ name: 'CorruptDataError' }));
    expect(() => parseXgboostModel(document(change))).toThrow(message);
  });

  it('refuses a row of another width', () => {
    expect(() => predict(parseXgboostModel(document()), [1])).toThrow(/1 columns, but the model was trained with 2/);
  });
});

describe('readXgboostModel', () => {
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

  it('refuses a pickle, cut JSON and cut UBJSON', () => {
    expect(() => readXgboostModel(Uint8Array.of(0x80, 0x04), decode)).toThrow(/pickles are refused/);
    expect(() => readXgboostModel(new TextEncoder().encode('{"learner":'), decode)).toThrow(/is not JSON/);
    expect(() => readXgboostModel(Uint8Array.of(0x7b, 0x4c, 0, 0), decode)).toThrow(/past the end of the file/);
    expect(() => readXgboostModel(new Uint8Array(0), decode)).toThrow(/does not open an object/);
  });

  it('refuses UBJSON that announces more elements than it has bytes', () => {
    const bytes = Uint8Array.of(0x5b, 0x24, 0x64, 0x23, 0x6c, 0x7f, 0xff, 0xff, 0xff);
    expect(() => decodeUbjson(bytes)).toThrow(/more than the file has bytes/);
  });
});

describe('constantModel', () => {
  it('answers its probability whatever the row', () => {
    const model = parseXgboostModel(JSON.parse(writeXgboostModel(constantModel(0.2, 3))));
    expect(predict(model, [1, Number.NaN, -5])).toBeCloseTo(0.2, 6);
  });

  it('refuses probabilities that have no log-odds, and models without columns', () => {
    expect(() => constantModel(1, 3)).toThrow(/above 0 and below 1/);
    expect(() => constantModel(Number.NaN, 3)).toThrow(/NaN/);
    expect(() => constantModel(0.5, 0)).toThrow(/1 or more/);
  });
});
