import type { ValueType } from '../definitions/value-type.ts';

const WHOLE = /^[+-]?(?:0|[1-9]\d*)$/;
const DECIMAL = /^[+-]?(?:0|[1-9]\d*)?(?:\.\d*)?(?:[eE][+-]?\d+)?$/;
const NOT_A_NUMBER = /^[+-]?nan$/i;
const WORD = /^(?:true|false)$/i;

/** A value that cannot be carried: a list, a structure, bytes. */
export type CarriedType = ValueType | 'unknown';

/**
 * The narrowest type that holds a value as it is; null for a missing one. Digits that a number would change (leading
 * zeros, whole numbers past 2^53) stay text.
 *
 * @param isText whether the file spells every value as text (CSV)
 */
export function carriedType(raw: unknown, isText: boolean): CarriedType | null {
  if (raw === null || raw === undefined) return null;
  if (typeof raw === 'string') return isText ? typeOfText(raw.trim()) : 'string';
  if (typeof raw === 'boolean') return 'boolean';
  if (typeof raw === 'bigint') return Number.isSafeInteger(Number(raw)) ? 'int64' : 'string';
  if (typeof raw === 'number') return Number.isNaN(raw) ? null : 'float64';
  return raw instanceof Date ? 'timestamp' : 'unknown';
}

/** The narrowest type that holds the values of both. */
export function widerType(a: CarriedType | null, b: CarriedType | null): CarriedType | null {
  if (a === null || a === b) return b;
  if (b === null) return a;
  if (a === 'unknown' || b === 'unknown') return 'unknown';
  return isNumber(a) && isNumber(b) ? 'float64' : 'string';
}

function isNumber(type: CarriedType): boolean {
  return type === 'int64' || type === 'float64';
}

function typeOfText(text: string): ValueType | null {
  if (NOT_A_NUMBER.test(text)) return 'float64';
  if (WORD.test(text)) return 'boolean';
  if (WHOLE.test(text)) return Number.isSafeInteger(Number(text)) ? 'int64' : 'string';
  return /\d/.test(text) && DECIMAL.test(text) && Number.isFinite(Number(text)) ? 'float64' : 'string';
}
