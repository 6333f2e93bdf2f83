import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coerceValue } from '../../core/ingestion/coerce-value.ts';
import type { Coerced } from '../../core/ingestion/coerced.ts';

const SEED = { seed: 20260101 };
const valueIn = (coerced: Coerced) => ('value' in coerced ? coerced.value : coerced);

test('whole numbers survive being written as text, in every spelling', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (n) => {
      for (const raw of [n, BigInt(n), String(n), `${n}.0`, ` ${n} `]) {
        expect(valueIn(coerceValue('int64', raw))).toBe(n + 0);
      }
    }),
    SEED,
  );
});

test('finite numbers survive being written as text', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      expect(valueIn(coerceValue('float64', String(x)))).toBe(x + 0);
    }),
    SEED,
  );
});

test('instants survive ISO 8601 in any zone', () => {
  const instant = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  const offsetMinutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
  fc.assert(
    fc.property(instant, offsetMinutes, (at, offset) => {
      const local = new Date(at.getTime() + offset * 60_000).toISOString().slice(0, -1);
      const [hours, minutes] = [Math.trunc(Math.abs(offset) / 60), Math.abs(offset) % 60];
      const zone = `${offset < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
      expect(valueIn(coerceValue('timestamp', `${local}${zone}`))).toBe(at.getTime());
    }),
    SEED,
  );
});

test('text that JavaScript reads as an ISO instant is read to the same instant or refused', () => {
  const part = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
  const text = fc
    .tuple(part(13), part(32), part(25), part(61), part(61))
    .map(([month, day, hour, minute, second]) => `2026-${month}-${day}T${hour}:${minute}:${second}Z`);
  fc.assert(
    fc.property(text, (given) => {
      const coerced = coerceValue('timestamp', given);
      const parsed = new Date(given);
      const isReal = !Number.isNaN(parsed.getTime()) && parsed.toISOString() === given.replace('Z', '.000Z');
      expect('value' in coerced).toBe(isReal);
      if ('value' in coerced) expect(coerced.value).toBe(parsed.getTime());
    }),
    { ...SEED, numRuns: 500 },
  );
});

test('any JSON is taken as a value of the type or refused, and never thrown at', () => {
  const type = fc.constantFrom('string', 'int64', 'float64', 'boolean', 'timestamp' as const);
  fc.assert(
    fc.property(type, fc.jsonValue(), (wanted, raw) => {
      const coerced = coerceValue(wanted, raw);
      if ('problem' in coerced) {
        expect(coerced.problem).not.toBe('');
      } else {
        const kinds = { string: 'string', int64: 'number', float64: 'number', boolean: 'boolean', timestamp: 'number' };
        expect(coerced.value === null || typeof coerced.value === kinds[wanted]).toBe(true);
      }
    }),
    SEED,
  );
});
