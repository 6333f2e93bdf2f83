import type { Model } from '../definitions/model.ts';
import type { Evaluation } from './release-manifest.ts';

/**
 * The metrics on the test rows in SageMaker's model quality format, which its model registry shows.
 * Source: SageMaker developer guide, model quality metrics.
 */
export function modelQuality({ problem }: Pick<Model, 'problem'>, { metrics, testRows }: Evaluation): object {
  const values = Object.entries(metrics).map(([name, value]) => [name, { value, standard_deviation: 'NaN' }]);
  return {
    dataset: { item_count: testRows },
    [problem === 'binary' ? 'binary_classification_metrics' : 'regression_metrics']: Object.fromEntries(values),
  };
}
