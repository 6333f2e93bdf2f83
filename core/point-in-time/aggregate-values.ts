import type { Aggregation } from '../definitions/feature-view.ts';
import type { Value, ValueType } from '../definitions/value-type.ts';
import { compare } from '../expression/primitives.ts';

/** `sum` and `mean` add millionths as whole numbers. */
const MILLIONTHS = 1e6;

/** A larger number counts as missing for `sum` and `mean`: its millionths would not fit a 64-bit integer. */
export const MAX_SUMMAND = 1e12;

/**
 * One aggregate over the inputs of the rows of a window, oldest first (see `Aggregate`).
 *
 * @param inputs of the rows that take part; for `count` without input, any non-null value for each row
 * @param type of the inputs
 */
export function aggregateValues(aggregation: Aggregation, type: ValueType, inputs: readonly Value[]): Value {
  const known = inputs.filter((input) => input !== null);
  switch (aggregation) {
    case 'count':
      return known.length;
    case 'count_distinct':
      return new Set(known).size;
    case 'last':
      return known.at(-1) ?? null;
    case 'min':
      return known.reduce<Value>((least, input) => (least === null || compare(input, least) < 0 ? input : least), null);
    case 'max':
      return known.reduce<Value>((most, input) => (most === null || compare(input, most) > 0 ? input : most), null);
    case 'sum':
    case 'mean':
      return addUp(aggregation, type, known.map(Number));
  }
}

function addUp(aggregation: 'sum' | 'mean', type: ValueType, inputs: readonly number[]): number | null {
  const summands = inputs.map((input) => summandOf(type, input)).filter((summand) => summand !== null);
  const total = summands.reduce((sum, summand) => sum + summand, 0n);
  return addedUp(aggregation, type, total, summands.length);
}

/**
 * A number as it is added up: a whole number stays itself, any other is its millionths, rounded half away from zero.
 * Null for one that counts as missing.
 */
export function summandOf(type: ValueType, value: number): bigint | null {
  if (type === 'int64') return BigInt(value);
  if (Math.abs(value) > MAX_SUMMAND) return null;
  const scaled = value * MILLIONTHS;
  return BigInt(Math.sign(scaled) * Math.round(Math.abs(scaled)));
}

/** The sum or mean of `count` numbers whose summands add up to `total`. */
export function addedUp(aggregation: 'sum' | 'mean', type: ValueType, total: bigint, count: number): number | null {
  if (count === 0) return null;
  if (type === 'int64') {
    if (aggregation === 'mean') return Number(total) / count;
    return Number.isSafeInteger(Number(total)) ? Number(total) : null;
  }
  const sum = Number(total) / MILLIONTHS;
  return aggregation === 'sum' ? sum : sum / count;
}
