import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { predictMargin } from '../../core/trees/tree-ensemble.ts';
import { boost } from '../../local/containers/xgboost/boosting/boost.ts';
import { readHyperparameters } from '../../local/containers/xgboost/hyperparameters.ts';

interface Trainings {
  readonly rows: readonly (readonly (number | null)[])[];
  readonly cases: readonly {
    readonly why: string;
    readonly hyperparameters: Readonly<Record<string, string>>;
    readonly labels: readonly number[];
    readonly margins: readonly number[];
  }[];
}

const { rows, cases } = JSON.parse(readFileSync(new URL('gbdt-trainings.json', import.meta.url), 'utf8')) as Trainings; // written by the referee

describe('the histogram trainer grows the trees that real XGBoost grows', () => {
  const values = Float32Array.from(rows.flatMap((row) => row.map((value) => value ?? Number.NaN)));
  const columnCount = rows[0]!.length;

  it.each(cases)('$why', async ({ hyperparameters, labels, margins }) => {
    const matrix = { rowCount: rows.length, columnCount, values, labels: Float32Array.from(labels) };
    const model = await boost(matrix, undefined, readHyperparameters(hyperparameters));
    const largest = margins.reduce((worst, margin, row) => {
      const ours = predictMargin(model, values.subarray(row * columnCount, (row + 1) * columnCount));
      return Math.max(worst, Math.abs(ours - margin));
    }, 0);
    expect(largest).toBeLessThan(1e-5);
  });
});
