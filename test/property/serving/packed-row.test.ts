import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VALUE_TYPES, type Value, type ValueType } from '../../../core/definitions/value-type.ts';
import { packRow, unpackRow } from '../../../core/serving/packed-row.ts';

const SEED = 20260101;

const VALUES: Readonly<Record<ValueType, fc.Arbitrary<Value>>> = {
  string: fc.string({ unit: 'binary', maxLength: 30 }),
  int64: fc.maxSafeInteger(),
  float64: fc.double({ noNaN: true, noDefaultInfinity: true }),
  boolean: fc.boolean(),
  timestamp: fc.maxSafeInteger(),
};

const cell = fc
  .constantFrom(...VALUE_TYPES)
  .chain((type) => fc.record({ type: fc.constant(type), value: fc.option(VALUES[type]) }));
const cells = fc.array(cell, { maxLength: 40 });
const columnsOf = (row: readonly { type: ValueType }[]) => row.map(({ type }, i) => ({ name: `f${i}`, type }));

describe('packRow', () => {
  test('gives back every value of every type, and nulls', () => {
    fc.assert(
      fc.property(cells, (row) => {
        const values = row.map((one) => one.value);
        expect(unpackRow(columnsOf(row), packRow(columnsOf(row), values))).toEqual(values);
      }),
      { seed: SEED },
    );
  });

  test('reads a row that lies inside a larger buffer', () => {
    const columns = columnsOf([{ type: 'float64' }, { type: 'string' }]);
    const packed = packRow(columns, [1.5, 'né']);
    const larger = new Uint8Array(packed.byteLength + 3);
    larger.set(packed, 3);
    expect(unpackRow(columns, larger.subarray(3))).toEqual([1.5, 'né']);
  });

  test('is refused as corrupt when a byte is missing or left over', () => {
    fc.assert(
      fc.property(cells, (row) => {
        const columns = columnsOf(row);
        const packed = packRow(
          columns,
          row.map((one) => one.value),
        );
        expect(() => unpackRow(columns, packed.subarray(0, packed.byteLength - 1))).toThrow(/cannot be read/);
        expect(() => unpackRow(columns, Uint8Array.of(...packed, 0))).toThrow(/cannot be read/);
      }),
      { seed: SEED },
    );
  });

  test('refuses values that do not fit their column, and a format it does not know', () => {
    const whole = [{ name: 'n', type: 'int64' }] as const;
    expect(() => packRow(whole, [1.5])).toThrow('column n is int64, it was given another number');
    expect(() => packRow(whole, [])).toThrow('0 values for 1 columns');
    expect(() => unpackRow(whole, Uint8Array.of(2, 0))).toThrow('format 2, known is 1');
  });
});
