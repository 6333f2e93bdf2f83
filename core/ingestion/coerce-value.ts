import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { ValueType } from '../definitions/value-type.ts';
import { unreachable } from '../errors.ts';
import { isWellFormed } from '../utf8-text.ts';
import type { Coerced } from './coerced.ts';
import { parseInstant } from './parse-instant.ts';

const MAX_STRING_BYTES = 65_536;
/** Every UTF-16 code unit takes at most three bytes of UTF-8. */
const SURELY_SHORT_CHARS = Math.floor(MAX_STRING_BYTES / 3);

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WHOLE = /^[+-]?\d+(?:\.0*)?$/;
const EXPONENT = /[eE]/;
const NOT_A_NUMBER = /^[+-]?nan$/i;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
const TRUE: ReadonlySet<string> = new Set(['true', 't', 'yes', 'y', '1']);
const FALSE: ReadonlySet<string> = new Set(['false', 'f', 'no', 'n', '0']);

/**
 * A cell of a file or of a pushed column as a value of the type. Missing (null, undefined) stays missing.
 *
 * `string`: text as it is; numbers and booleans as JSON prints them; instants as ISO 8601.
 * `int64`: whole numbers up to 2^53 - 1 in magnitude; text may carry zero decimals (`17850.0`) or an exponent.
 * `float64`: decimal numbers; NaN is missing; infinities are refused; minus zero is zero.
 * `boolean`: true/false, t/f, yes/no, y/n, 1/0 in any case.
 * `timestamp`: see `parseInstant`.
 */
export function coerceValue(type: ValueType, raw: unknown): Coerced {
  if (raw === null || raw === undefined) return { value: null };
  switch (type) {
    case 'string':
      return coerceString(raw);
    case 'int64':
      return coerceWhole(raw);
    case 'float64':
      return coerceFloat(raw);
    case 'boolean':
      return coerceBoolean(raw);
    case 'timestamp':
      return parseInstant(raw);
    default:
      return unreachable(type);
  }
}

function coerceString(raw: unknown): Coerced {
  if (raw instanceof Date)
    return Number.isNaN(raw.getTime()) ? { problem: 'not a string' } : { value: raw.toISOString() };
  if (typeof raw !== 'string') {
    const isPlain = typeof raw === 'number' || typeof raw === 'bigint' || typeof raw === 'boolean';
    return isPlain ? { value: String(raw) } : { problem: 'not a string' };
  }
  if (raw.length > SURELY_SHORT_CHARS && utf8ToBytes(raw).length > MAX_STRING_BYTES) {
    return { problem: 'longer than 64 KiB' };
  }
  return isWellFormed(raw) ? { value: raw } : { problem: 'not valid Unicode' };
}

function coerceWhole(raw: unknown): Coerced {
  if (typeof raw === 'bigint') return safe(Number(raw));
  if (typeof raw === 'number') return Number.isNaN(raw) ? { value: null } : whole(raw);
  if (typeof raw !== 'string') return { problem: 'not a whole number' };
  const text = raw.trim();
  if (NOT_A_NUMBER.test(text)) return { value: null };
  if (WHOLE.test(text)) return safe(Number(text));
  return DECIMAL.test(text) && EXPONENT.test(text) ? whole(Number(text)) : { problem: 'not a whole number' };
}

function whole(value: number): Coerced {
  return Number.isInteger(value) ? safe(value) : { problem: 'not a whole number' };
}

function safe(value: number): Coerced {
  return Number.isSafeInteger(value) ? { value: value + 0 } : { problem: 'beyond 2^53 - 1' };
}

function coerceFloat(raw: unknown): Coerced {
  const value = typeof raw === 'string' ? parseDecimal(raw.trim()) : typeof raw === 'bigint' ? Number(raw) : raw;
  if (typeof value !== 'number') return { problem: 'not a number' };
  if (Number.isNaN(value)) return { value: null };
  return Number.isFinite(value) ? { value: value + 0 } : { problem: 'not finite' };
}

/** Null when the text is no number. */
function parseDecimal(text: string): number | null {
  if (DECIMAL.test(text)) return Number(text);
  if (NOT_A_NUMBER.test(text)) return Number.NaN;
  return INFINITE.test(text) ? Number.POSITIVE_INFINITY : null;
}

function coerceBoolean(raw: unknown): Coerced {
  if (typeof raw === 'boolean') return { value: raw };
  const isWord = typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'bigint';
  const word = isWord ? String(raw).trim().toLowerCase() : '';
  if (TRUE.has(word)) return { value: true };
  return FALSE.has(word) ? { value: false } : { problem: 'not a boolean' };
}
