import { describe, expect, it } from 'vitest';
import type { ValueType } from '../../../core/definitions/value-type.ts';
import { coerceValue } from '../../../core/ingestion/coerce-value.ts';

const day = Date.UTC(2026, 2, 1);

const GOOD: readonly (readonly [ValueType, unknown, unknown])[] = [
  ['string', ' a ', ' a '],
  ['string', '', ''],
  ['string', 7, '7'],
  ['string', 10n ** 20n, '100000000000000000000'],
  ['string', false, 'false'],
  ['string', new Date(day), '2026-03-01T00:00:00.000Z'],
  ['string', 'x'.repeat(65_536), 'x'.repeat(65_536)],
  ['int64', '17850', 17850],
  ['int64', '+1', 1],
  ['int64', ' -3 ', -3],
  ['int64', '17850.0', 17850],
  ['int64', '1e3', 1000],
  ['int64', '9007199254740991', 9007199254740991],
  ['int64', -9007199254740991n, -9007199254740991],
  ['int64', Number.NaN, null],
  ['int64', 'NaN', null],
  ['int64', -0, 0],
  ['float64', '1.5e-3', 0.0015],
  ['float64', '.5', 0.5],
  ['float64', '5.', 5],
  ['float64', '-0', 0],
  ['float64', 3n, 3],
  ['float64', Number.NaN, null],
  ['float64', 'nan', null],
  ['boolean', 'TRUE', true],
  ['boolean', 'n', false],
  ['boolean', 1, true],
  ['boolean', 0n, false],
  ['timestamp', '2026-03-01', day],
  ['timestamp', '2026-03-01T00:00', day],
  ['timestamp', '2026-03-01 00:00:00', day],
  ['timestamp', '2026-03-01T00:00:00Z', day],
  ['timestamp', '2026-03-01 00:00:00+00:00', day],
  ['timestamp', '2026-03-01 00:00:00.000999999+00:00', day],
  ['timestamp', 'NaT', null],
  ['timestamp', '2026-03-01T02:00:00+02:00', day],
  ['timestamp', '2026-02-28T19:00:00-0500', day],
  ['timestamp', '2026-03-01T05:30:00+05:30', day],
  ['timestamp', '2026-03-01T00:00:00.0019999Z', day + 1],
  ['timestamp', '2024-02-29', Date.UTC(2024, 1, 29)],
  ['timestamp', '0099-01-01', new Date('0099-01-01').getTime()],
  ['timestamp', new Date(day), day],
  ['timestamp', day, day],
  ['timestamp', BigInt(day), day],
  ['timestamp', String(day), day],
];

const BAD: readonly (readonly [ValueType, unknown, string])[] = [
  ['string', 'x'.repeat(65_537), 'longer than 64 KiB'],
  ['string', 'ü'.repeat(32_769), 'longer than 64 KiB'],
  ['string', 'a\ud800', 'not valid Unicode'],
  ['string', [1], 'not a string'],
  ['string', { a: 1 }, 'not a string'],
  ['string', new Date(Number.NaN), 'not a string'],
  ['int64', '1.5', 'not a whole number'],
  ['int64', '4503599627370497.6', 'not a whole number'],
  ['int64', 1.5, 'not a whole number'],
  ['int64', '0x10', 'not a whole number'],
  ['int64', '1,000', 'not a whole number'],
  ['int64', '', 'not a whole number'],
  ['int64', true, 'not a whole number'],
  ['int64', '9007199254740992', 'beyond 2^53 - 1'],
  ['int64', 9007199254740993n, 'beyond 2^53 - 1'],
  ['int64', 2 ** 53, 'beyond 2^53 - 1'],
  ['int64', Number.POSITIVE_INFINITY, 'not a whole number'],
  ['float64', 'Infinity', 'not finite'],
  ['float64', '-inf', 'not finite'],
  ['float64', '1e999', 'not finite'],
  ['float64', Number.NEGATIVE_INFINITY, 'not finite'],
  ['float64', '1.2.3', 'not a number'],
  ['float64', '12 EUR', 'not a number'],
  ['float64', true, 'not a number'],
  ['boolean', 'maybe', 'not a boolean'],
  ['boolean', 2, 'not a boolean'],
  ['timestamp', '2026-02-30', 'not an ISO 8601 instant or epoch milliseconds'],
  ['timestamp', '2026-03-01T24:00:00Z', 'not an ISO 8601 instant or epoch milliseconds'],
  ['timestamp', '2026-03-01T23:59:60Z', 'not an ISO 8601 instant or epoch milliseconds'],
  ['timestamp', '2026-03-01T00:00:00+19:00', 'not an ISO 8601 instant or epoch milliseconds'],
  ['timestamp', '01/03/2026', 'not an ISO 8601 instant or epoch milliseconds'],
  ['timestamp', 'now', 'not an ISO 8601 instant or epoch milliseconds'],
  ['timestamp', 1.5e12 + 0.5, 'not an ISO 8601 instant or epoch milliseconds'],
  ['timestamp', new Date(Number.NaN), 'not an ISO 8601 instant or epoch milliseconds'],
  ['timestamp', 1_772_323_200, 'a number that looks like epoch seconds; give milliseconds'],
  ['timestamp', '0', 'a number that looks like epoch seconds; give milliseconds'],
];

describe('a raw value becomes a value of its column', () => {
  it.each(named(GOOD))('%s takes %s', (type, _text, raw, value) => {
    expect(coerceValue(type, raw)).toEqual({ value });
  });

  it.each(named(BAD))('%s refuses %s', (type, _text, raw, problem) => {
    expect(coerceValue(type, raw)).toEqual({ problem });
  });

  it.each(['string', 'int64', 'float64', 'boolean', 'timestamp'] as const)(
    '%s keeps a missing value missing',
    (type) => {
      expect(coerceValue(type, null)).toEqual({ value: null });
      expect(coerceValue(type, undefined)).toEqual({ value: null });
    },
  );
});

/** With a short text of the raw value, for the name of the test. */
function named<T>(cases: readonly (readonly [ValueType, unknown, T])[]): [ValueType, string, unknown, T][] {
  return cases.map(([type, raw, answer]) => [type, `${typeof raw} ${String(raw).slice(0, 30)}`, raw, answer]);
}
