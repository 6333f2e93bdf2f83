import type { ContributionSample } from './contribution-sample.ts';
import type { TreeExplainer } from './tree-explainer.ts';

/**
 * Absolute contributions to the score of a model with one output; of several outputs they are added up.
 *
 * @param rowAt the row with a number; null is missing
 */
export function sampleContributions(
  explainer: TreeExplainer,
  inputs: readonly string[],
  rows: ArrayLike<number>,
  rowAt: (row: number) => readonly (number | null)[],
): ContributionSample {
  const columns = inputs.length;
  const values = new Float64Array(rows.length * columns);
  const given = new Float32Array(columns);
  const found = new Float64Array(explainer.width * explainer.outputs);
  for (let i = 0; i < rows.length; i++) {
    const row = rowAt(rows[i]!);
    for (let column = 0; column < columns; column++) given[column] = row[column] ?? Number.NaN;
    explainer.explain(given, found);
    for (let start = 0; start < found.length; start += explainer.width) {
      for (let column = 0; column < columns; column++) {
        values[i * columns + column]! += Math.abs(found[start + column]!);
      }
    }
  }
  return { inputs, rows: rows.length, values };
}
