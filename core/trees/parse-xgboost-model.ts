import { corruptModel, UnsupportedModelError } from './model-file-error.ts';
import { ModelNode } from './model-node.ts';
import { readTreeNodes, type TreeNodes } from './read-tree-nodes.ts';
import type { TreeEnsemble } from './tree-ensemble.ts';
import { baseMargin, isTreeObjective, TREE_OBJECTIVES } from './tree-objective.ts';

/**
 * Reads a model in XGBoost's own schema, as `JSON.parse` or `decodeUbjson` gives it; versions 1.7 to 3.x.
 *
 * @throws CorruptDataError when a part is missing, of a wrong type, or contradicts another part
 * @throws UnsupportedModelError for another booster than gbtree, an objective we can not score, categorical splits
 *   and trees with vector leaves
 */
export function parseXgboostModel(document: unknown): TreeEnsemble {
  const learner = new ModelNode('model', document).child('learner');
  const booster = learner.child('gradient_booster');
  const boosterName = booster.text('name');
  if (boosterName !== 'gbtree') throw new UnsupportedModelError(`the booster ${boosterName}`, 'gbtree');
  const objective = learner.child('objective').text('name');
  if (!isTreeObjective(objective)) {
    throw new UnsupportedModelError(`the objective ${objective}`, TREE_OBJECTIVES.join(', '));
  }

  const parameters = learner.child('learner_model_param');
  const featureCount = parameters.count('num_feature');
  const groupCount = Math.max(1, parameters.count('num_class', 0));
  if (parameters.count('num_target', 1) > 1) throw new UnsupportedModelError('several targets', 'one target');
  const featureNames = learner.texts('feature_names');
  if (featureNames.length > 0 && featureNames.length !== featureCount) {
    throw corruptModel('model.learner.feature_names', `has ${featureNames.length} names for ${featureCount} features`);
  }
  const baseScores = readBaseScores(parameters, groupCount);

  const model = booster.child('model');
  const trees = model.children('trees').map((tree) => readTreeNodes(tree, featureCount));
  const treeGroups = Int32Array.from(model.numbers('tree_info'));
  if (treeGroups.length !== trees.length) {
    throw corruptModel(
      'model.learner.gradient_booster.model.tree_info',
      `has ${treeGroups.length} entries for ${trees.length} trees`,
    );
  }
  if (treeGroups.some((group) => group < 0 || group >= groupCount)) {
    throw corruptModel(
      'model.learner.gradient_booster.model.tree_info',
      `names an output outside 0 to ${groupCount - 1}`,
    );
  }
  // 1.x writes 0 for "not a forest"
  const parallelTrees = Math.max(1, model.child('gbtree_model_param').count('num_parallel_tree', 1));
  return {
    featureCount,
    featureNames,
    objective,
    groupCount,
    baseScores,
    baseMargins: baseScores.map((score) => baseMargin(objective, score)),
    treeGroups,
    parallelTrees,
    attributes: learner.textMembers('attributes'),
    ...concatenate(trees),
  };
}

/** Versions before 3.1 write one number as text, later ones a list as text: `"5E-1"`, `"[5E-1]"`, `"[1E-1,2E-1]"`. */
function readBaseScores(parameters: ModelNode, groupCount: number): Float32Array {
  const text = parameters.text('base_score');
  const inner = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  const scores = inner.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (scores.some((score) => !Number.isFinite(score)) || (scores.length !== 1 && scores.length !== groupCount)) {
    throw corruptModel(`${parameters.path}.base_score`, `is "${text}", not one number nor ${groupCount} numbers`);
  }
  return Float32Array.from({ length: groupCount }, (_, group) => scores[scores.length === 1 ? 0 : group]!);
}

type NodeArrays = Pick<
  TreeEnsemble,
  'roots' | 'left' | 'right' | 'feature' | 'threshold' | 'defaultLeft' | 'cover' | 'gain'
>;

/** Lays the trees one after another. */
export function concatenate(trees: readonly TreeNodes[]): NodeArrays {
  const total = trees.reduce((sum, tree) => sum + tree.left.length, 0);
  const nodes: NodeArrays = {
    roots: new Int32Array(trees.length),
    left: new Int32Array(total),
    right: new Int32Array(total),
    feature: new Int32Array(total),
    threshold: new Float32Array(total),
    defaultLeft: new Uint8Array(total),
    cover: new Float32Array(total),
    gain: new Float32Array(total),
  };
  let start = 0;
  trees.forEach((tree, index) => {
    nodes.roots[index] = start;
    for (let i = 0; i < tree.left.length; i++) {
      const isLeaf = tree.left[i]! < 0;
      nodes.left[start + i] = isLeaf ? -1 : tree.left[i]! + start;
      nodes.right[start + i] = isLeaf ? -1 : tree.right[i]! + start;
    }
    nodes.feature.set(tree.feature, start);
    nodes.threshold.set(tree.threshold, start);
    nodes.defaultLeft.set(tree.defaultLeft, start);
    nodes.cover.set(tree.cover, start);
    nodes.gain.set(tree.gain, start);
    start += tree.left.length;
  });
  return nodes;
}
