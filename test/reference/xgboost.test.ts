import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readXgboostModel } from '../../core/trees/read-xgboost-model.ts';
import { predictAll, predictMargins } from '../../core/trees/tree-ensemble.ts';
import { writeXgboostModel } from '../../core/trees/write-xgboost-model.ts';

interface ReferenceModel {
  readonly how: string;
  readonly xgboost: string;
  /** The model document, or its UBJSON bytes in base64. */
  readonly model: object | string;
  readonly rows: readonly (readonly (number | null)[])[];
  readonly margins: readonly (number | readonly number[])[];
  readonly predictions: readonly (number | readonly number[])[];
}

const files = readdirSync(import.meta.dirname).filter((name) => /^xgboost-.*\.json$/.test(name));
const decodeUtf8 = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function load(file: string): ReferenceModel {
  return JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as ReferenceModel; // written by the referee
}

function bytesOf({ model }: ReferenceModel): Uint8Array {
  return typeof model === 'string' ? Buffer.from(model, 'base64') : Buffer.from(JSON.stringify(model));
}

describe('the tree scorer agrees with real XGBoost', () => {
  it('has reference models of every objective, and of 1.7 and 3.x', () => {
    expect(new Set(files.map((file) => load(file).xgboost.split('.')[0]))).toEqual(new Set(['1', '3']));
    expect(files.length).toBeGreaterThanOrEqual(12);
  });

  describe.each(files)('%s', (file) => {
    const reference = load(file);
    const ensemble = readXgboostModel(bytesOf(reference), decodeUtf8);
    const rows = reference.rows.map((row) => row.map((value) => value ?? Number.NaN));

    it('gives the same single-precision margins', () => {
      const margins = rows.map((row) => [...predictMargins(ensemble, row)]);
      expect(margins).toEqual(reference.margins.map((margin) => [margin].flat()));
    });

    it('gives the same predictions to the last bit but one', () => {
      rows.forEach((row, i) => {
        const expected = [reference.predictions[i]!].flat();
        predictAll(ensemble, row).forEach((prediction, group) => {
          expect(Math.abs(prediction - expected[group]!)).toBeLessThanOrEqual(2.4e-7 * Math.abs(expected[group]!));
        });
      });
    });

    it('reads back what it writes', () => {
      const again = readXgboostModel(Buffer.from(writeXgboostModel(ensemble)), decodeUtf8);
      expect(again).toEqual(ensemble);
    });
  });
});
