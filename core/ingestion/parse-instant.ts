import type { Coerced } from './coerced.ts';

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
/** How pandas spells a missing instant. */
const NOT_A_TIME = 'NaT';
const DIGITS = /^[+-]?\d+$/;

/** Below this a number of milliseconds lies before 3 March 1973 and is far more likely a number of seconds. */
const SMALLEST_EPOCH_MS = 100_000_000_000;
const LARGEST_EPOCH_MS = 253_402_300_799_999;

/**
 * An instant in epoch milliseconds.
 *
 * Text: ISO 8601, `2026-03-01` or `2026-03-01T12:00[:05[.123]]` with `T` or a space, and `Z`, `+02:00`, `+0200`, `+02`
 * or no zone; `NaT` is missing. Without a zone it is UTC; a day is its first instant; digits beyond the millisecond are cut off.
 * Whole numbers (as numbers or as text): epoch milliseconds. Numbers below 10^11 are refused, because they would be
 * instants before 1973 and are far more likely seconds, which would otherwise be misread in silence.
 */
export function parseInstant(raw: unknown): Coerced {
  if (raw instanceof Date) return Number.isNaN(raw.getTime()) ? notAnInstant() : { value: raw.getTime() };
  if (typeof raw === 'number' || typeof raw === 'bigint') return fromEpoch(Number(raw));
  if (typeof raw !== 'string') return notAnInstant();
  const text = raw.trim();
  if (text === NOT_A_TIME) return { value: null };
  if (DIGITS.test(text)) return fromEpoch(Number(text));
  const match = ISO.exec(text);
  return match === null ? notAnInstant() : fromParts(match);
}

function fromParts(match: RegExpExecArray): Coerced {
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const parts = [year, month, day, hour, minute, second].map(Number);
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = parts;
  const local = new Date(0);
  local.setUTCFullYear(y, mo - 1, d);
  local.setUTCHours(h, mi, s, ms);
  // an overflowing part (30 February, 24:00, a leap second) would have moved another one
  const isSame =
    local.getUTCMonth() === mo - 1 && local.getUTCDate() === d && h < 24 && local.getUTCMinutes() === mi && s < 60;
  const offsetMinutes = minutesOf(zone);
  if (!isSame || offsetMinutes === null) return notAnInstant();
  return { value: local.getTime() - offsetMinutes * 60_000 };
}

/** Null for an offset that no zone has. */
function minutesOf(zone: string): number | null {
  if (zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

function fromEpoch(value: number): Coerced {
  if (!Number.isInteger(value)) return notAnInstant();
  if (Math.abs(value) < SMALLEST_EPOCH_MS)
    return { problem: 'a number that looks like epoch seconds; give milliseconds' };
  return value > LARGEST_EPOCH_MS || value < -LARGEST_EPOCH_MS ? notAnInstant() : { value };
}

function notAnInstant(): Coerced {
  return { problem: 'not an ISO 8601 instant or epoch milliseconds' };
}
