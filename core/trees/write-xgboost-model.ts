import { corruptModel } from './model-file-error.ts';
import type { TreeEnsemble } from './tree-ensemble.ts';

/** Version that the written file claims; XGBoost 1.7 and later load it. */
const SCHEMA_VERSION = [3, 0, 0];
const NO_PARENT = 2147483647;

/**
 * The ensemble in XGBoost's JSON model schema.
 *
 * Numbers that XGBoost keeps as single precision are never written as bare integers (`0` is `0E0`), because its
 * reader refuses an integer where it wants a float; they have the fewest digits that read back to the same float.
 * Source: XGBoost `doc/model.schema`. Checked by: bench/referee/check_model.py.
 */
export function writeXgboostModel(ensemble: TreeEnsemble): string {
  const trees = Array.from(ensemble.roots, (_, index) => writeTree(ensemble, index));
  const perRound = ensemble.parallelTrees * ensemble.groupCount;
  const indptr = Array.from({ length: trees.length / perRound + 1 }, (_, round) => round * perRound);
  const parameters = {
    base_score: ensemble.groupCount === 1 ? floatText(ensemble.baseScores[0]!) : `[${floats(ensemble.baseScores)}]`,
    boost_from_average: '1',
    num_class: String(ensemble.groupCount === 1 ? 0 : ensemble.groupCount),
    num_feature: String(ensemble.featureCount),
    num_target: '1',
  };
  return [
    `{"learner":{"attributes":${JSON.stringify(ensemble.attributes)}`,
    `,"feature_names":${JSON.stringify(ensemble.featureNames)}`,
    `,"feature_types":${JSON.stringify(ensemble.featureNames.map(() => 'float'))}`,
    `,"gradient_booster":{"model":{"gbtree_model_param":{"num_parallel_tree":"${ensemble.parallelTrees}","num_trees":"${trees.length}"}`,
    `,"iteration_indptr":[${indptr.join(',')}],"tree_info":[${ensemble.treeGroups.join(',')}]`,
    `,"trees":[${trees.join(',')}]},"name":"gbtree"}`,
    `,"learner_model_param":${JSON.stringify(parameters)}`,
    `,"objective":${JSON.stringify(objectiveMember(ensemble))}}`,
    `,"version":${JSON.stringify(SCHEMA_VERSION)}}`,
  ].join('');
}

function objectiveMember(ensemble: TreeEnsemble): object {
  switch (ensemble.objective) {
    case 'count:poisson':
      return { name: ensemble.objective, poisson_regression_param: { max_delta_step: '0.699999988' } };
    case 'multi:softprob':
      return { name: ensemble.objective, softmax_multiclass_param: { num_class: String(ensemble.groupCount) } };
    default:
      return { name: ensemble.objective, reg_loss_param: { scale_pos_weight: '1' } };
  }
}

function writeTree(ensemble: TreeEnsemble, index: number): string {
  const start = ensemble.roots[index]!;
  const end = ensemble.roots[index + 1] ?? ensemble.left.length;
  const size = end - start;
  const own = (children: Int32Array) => children.subarray(start, end).map((child) => (child < 0 ? -1 : child - start));
  const left = own(ensemble.left);
  const right = own(ensemble.right);
  const parents = new Int32Array(size).fill(NO_PARENT);
  left.forEach((child, node) => {
    if (child < 0) return;
    parents[child] = node;
    parents[right[node]!] = node;
  });
  const thresholds = ensemble.threshold.subarray(start, end);
  const zeros = new Int32Array(size).join(',');
  return [
    // XGBoost reads base_weights only to print them; leaves keep their score there too
    `{"base_weights":[${floats(thresholds.map((value, node) => (left[node]! < 0 ? value : 0)))}]`,
    `,"categories":[],"categories_nodes":[],"categories_segments":[],"categories_sizes":[]`,
    `,"default_left":[${ensemble.defaultLeft.subarray(start, end).join(',')}],"id":${index}`,
    `,"left_children":[${left.join(',')}],"loss_changes":[${floats(ensemble.gain.subarray(start, end))}]`,
    `,"parents":[${parents.join(',')}],"right_children":[${right.join(',')}]`,
    `,"split_conditions":[${floats(thresholds)}],"split_indices":[${ensemble.feature.subarray(start, end).join(',')}]`,
    `,"split_type":[${zeros}],"sum_hessian":[${floats(ensemble.cover.subarray(start, end))}]`,
    `,"tree_param":{"num_deleted":"0","num_feature":"${ensemble.featureCount}","num_nodes":"${size}","size_leaf_vector":"1"}}`,
  ].join('');
}

function floats(values: Float32Array): string {
  return Array.from(values, floatText).join(',');
}

/** Shortest text of 6 to 9 digits that reads back to the same single-precision number. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) throw corruptModel('a node', `holds ${value}, which JSON can not`);
  if (Object.is(value, -0)) return '-0E0';
  for (let digits = 5; ; digits++) {
    const text = value.toExponential(digits);
    if (digits === 8 || Math.fround(Number(text)) === value) {
      const [mantissa, power] = text.split('e');
      return `${mantissa!.replace(/\.?0+$/, '')}E${Number(power)}`;
    }
  }
}
