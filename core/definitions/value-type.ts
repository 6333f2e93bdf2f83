/**
 * Types a column or a feature may have.
 *
 * `int64` holds whole numbers of magnitude up to 2^53 - 1 (larger ones are refused at the door, because JSON and
 * JavaScript would change them silently); `float64` is finite; `timestamp` is an instant at millisecond resolution,
 * held as epoch milliseconds everywhere inside and written as ISO 8601 UTC outside.
 */
export const VALUE_TYPES = ['string', 'int64', 'float64', 'boolean', 'timestamp'] as const;

export type ValueType = (typeof VALUE_TYPES)[number];

/** A value of any type; timestamps are epoch milliseconds. `null` is a value that is known to be missing. */
export type Value = string | number | boolean | null;

/** A row by column name. */
export type Row = Readonly<Record<string, Value>>;

/** A value as JSON tells it outside: instants in ISO 8601 UTC, all others as they are. */
export function jsonValue(type: ValueType, value: Value): Value {
  return type === 'timestamp' && typeof value === 'number' ? new Date(value).toISOString() : value;
}
