import { corruptModel, UnsupportedModelError } from './model-file-error.ts';
import type { ModelNode } from './model-node.ts';

/** The nodes of one tree; child indices count from the tree's own root, which is node 0. */
export interface TreeNodes {
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  readonly feature: ArrayLike<number>;
  readonly threshold: ArrayLike<number>;
  readonly defaultLeft: ArrayLike<number>;
  readonly cover: ArrayLike<number>;
  readonly gain: ArrayLike<number>;
}

/** Reads one entry of `trees` and proves that every path from its root ends in a leaf. */
export function readTreeNodes(tree: ModelNode, featureCount: number): TreeNodes {
  if (tree.child('tree_param').count('size_leaf_vector', 0) > 1) {
    throw new UnsupportedModelError('trees with vector leaves', 'one number per leaf');
  }
  if (tree.optionalNumbers('split_type').some((type) => type !== 0)) {
    throw new UnsupportedModelError('categorical splits', 'numerical splits (encode categories before training)');
  }
  const left = tree.numbers('left_children');
  const nodes: TreeNodes = {
    left,
    right: tree.numbers('right_children'),
    feature: tree.numbers('split_indices'),
    threshold: tree.numbers('split_conditions'),
    defaultLeft: tree.numbers('default_left'),
    cover: tree.numbers('sum_hessian'),
    gain: tree.numbers('loss_changes'),
  };
  for (const [name, values] of Object.entries(nodes)) {
    if (values.length !== left.length) {
      throw corruptModel(tree.path, `has ${values.length} entries of ${name} for ${left.length} nodes`);
    }
  }
  checkPaths(tree.path, nodes, featureCount);
  return nodes;
}

function checkPaths(path: string, { left, right, feature }: TreeNodes, featureCount: number): void {
  const reached = new Uint8Array(left.length);
  const open = [0];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (!Number.isInteger(node) || node < 0 || node >= left.length) throw corruptModel(path, `has no node ${node}`);
    if (reached[node] === 1) throw corruptModel(path, `reaches node ${node} twice`);
    reached[node] = 1;
    if (left[node]! < 0) continue;
    const column = feature[node]!;
    if (!Number.isInteger(column) || column < 0 || column >= featureCount) {
      throw corruptModel(path, `splits node ${node} on feature ${column}, but there are ${featureCount} features`);
    }
    open.push(left[node]!, right[node]!);
  }
}
