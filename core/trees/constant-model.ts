import { InvalidInputError } from '../errors.ts';
import type { TreeEnsemble } from './tree-ensemble.ts';
import { baseMargin } from './tree-objective.ts';

/**
 * A binary classifier that answers the same probability for every row: what an endpoint runs before the first
 * promotion, and the baseline any real model must beat.
 *
 * @param probability above 0 and below 1
 * @param featureCount columns its rows have, at least 1
 */
export function constantModel(probability: number, featureCount: number): TreeEnsemble {
  if (!(probability > 0 && probability < 1)) {
    throw new InvalidInputError(`probability is ${probability}; allowed: above 0 and below 1`, { probability });
  }
  if (!Number.isSafeInteger(featureCount) || featureCount < 1) {
    throw new InvalidInputError(`featureCount is ${featureCount}; allowed: a whole number of 1 or more`, {
      featureCount,
    });
  }
  return {
    featureCount,
    featureNames: [],
    objective: 'binary:logistic',
    groupCount: 1,
    baseScores: Float32Array.of(probability),
    baseMargins: Float32Array.of(baseMargin('binary:logistic', probability)),
    // one tree whose only leaf adds nothing: some readers refuse a model without trees
    roots: Int32Array.of(0),
    treeGroups: Int32Array.of(0),
    parallelTrees: 1,
    attributes: {},
    left: Int32Array.of(-1),
    right: Int32Array.of(-1),
    feature: Int32Array.of(0),
    threshold: Float32Array.of(0),
    defaultLeft: Uint8Array.of(0),
    cover: Float32Array.of(0),
    gain: Float32Array.of(0),
  };
}
