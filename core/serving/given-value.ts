import type { Value, ValueType } from '../definitions/value-type.ts';
import { InvalidInputError } from '../errors.ts';
import { parseInstant } from '../ingestion/parse-instant.ts';

/**
 * A value that a caller gave as JSON, as the platform holds it: instants become epoch milliseconds.
 *
 * @param at names the value in messages, for example `context.amount`
 * @param details facts for machines that an error carries
 * @throws InvalidInputError when it is neither null nor of the type
 */
export function givenValue(type: ValueType, value: unknown, at: string, details: Record<string, unknown> = {}): Value {
  if (value === null) return null;
  const refuse = (allowed: string) =>
    new InvalidInputError(`${at} must be ${allowed} or null, given ${JSON.stringify(value).slice(0, 100)}`, {
      at,
      allowed,
      ...details,
    });
  switch (type) {
    case 'string':
      if (typeof value !== 'string') throw refuse('a string');
      return value;
    case 'boolean':
      if (typeof value !== 'boolean') throw refuse('true or false');
      return value;
    case 'float64':
      if (typeof value !== 'number' || !Number.isFinite(value)) throw refuse('a number');
      return value;
    case 'int64':
      if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw refuse('a whole number up to 2^53 - 1');
      return value;
    case 'timestamp': {
      const instant = typeof value === 'string' ? parseInstant(value) : null;
      if (instant === null || 'problem' in instant) throw refuse('an ISO 8601 instant');
      return instant.value;
    }
  }
}
