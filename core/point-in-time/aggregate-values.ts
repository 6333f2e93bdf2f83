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
  if (type === 'int64') {
    if (inputs.length === 0) return null;
    const total = inputs.reduce((sum, input) => sum + BigInt(input), 0n);
    if (aggregation === 'mean') return Number(total) / inputs.length;
    return Number.isSafeInteger(Number(total)) ? Number(total) : null;
  }
  const summands = inputs.filter((input) => Math.abs(input) <= MAX_SUMMAND);
  if (summands.length === 0) return null;
  const total = Number(summands.reduce((sum, input) => sum + millionths(input), 0n)) / MILLIONTHS;
  return aggregation === 'sum' ? total : total / summands.length;
}

/** Rounded half away from zero. */
function millionths(value: number): bigint {
  const scaled = value * MILLIONTHS;
  return BigInt(Math.sign(scaled) * Math.round(Math.abs(scaled)));
}
