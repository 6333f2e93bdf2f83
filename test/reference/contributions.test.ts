import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { treeExplainer } from '../../core/explain/tree-explainer.ts';
import { readXgboostModel } from '../../core/trees/read-xgboost-model.ts';
import { predictMargins } from '../../core/trees/tree-ensemble.ts';

interface Contributions {
  readonly xgboost: string;
  /** By file of the model: per row, and per output where there are several. */
  readonly contributions: Readonly<Record<string, readonly (readonly (number | readonly number[])[])[]>>;
}

interface ReferenceModel {
  readonly model: object | string;
  readonly rows: readonly (readonly (number | null)[])[];
}

const read = (file: string): unknown => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
const reference = read('contributions.json') as Contributions; // written by the referee
const cases = Object.entries(reference.contributions);

/** XGBoost adds up in single precision. */
const TOLERANCE = 2e-5;

describe('contributions agree with real XGBoost', () => {
  it('on every reference model, some of them with several outputs, and on rows with missing values', () => {
    expect(cases.length).toBeGreaterThanOrEqual(12);
    expect(cases.some(([, rows]) => Array.isArray(rows[0]?.[0]))).toBe(true);
  });

  describe.each(cases)('%s', (file, expected) => {
    const { model, rows: given } = read(file) as ReferenceModel; // written by the referee
    const bytes = typeof model === 'string' ? Buffer.from(model, 'base64') : Buffer.from(JSON.stringify(model));
    const ensemble = readXgboostModel(bytes, (utf8) => new TextDecoder().decode(utf8));
    const explainer = treeExplainer(ensemble);
    const rows = given.slice(0, expected.length).map((row) => row.map((value) => value ?? Number.NaN));

    it('feature by feature', () => {
      expect(rows.some((row) => row.some(Number.isNaN))).toBe(true);
      rows.forEach((row, i) => {
        const wanted = expected[i]!.flat();
        explainer.explain(row).forEach((contribution, place) => {
          const scale = Math.max(1, Math.abs(wanted[place]!));
          expect(Math.abs(contribution - wanted[place]!) / scale).toBeLessThanOrEqual(TOLERANCE);
        });
      });
    });

    it('and sum to the raw score', () => {
      const found = new Float64Array(explainer.width * ensemble.groupCount);
      for (const row of rows) {
        explainer.explain(row, found);
        predictMargins(ensemble, row).forEach((margin, group) => {
          const own = found.subarray(group * explainer.width, (group + 1) * explainer.width);
          const sum = own.reduce((total, one) => total + one, 0);
          expect(Math.abs(sum - margin)).toBeLessThanOrEqual(TOLERANCE * Math.max(1, Math.abs(margin)));
        });
      }
    });
  });
});
