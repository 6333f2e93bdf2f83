import type { RequestField } from '../definitions/on-demand-feature-view.ts';
import { jsonValue, type Row, type Value } from '../definitions/value-type.ts';
import { InvalidInputError } from '../errors.ts';
import { givenValue } from './given-value.ts';

/**
 * Checks that exactly the request fields are given, each of its type; null is a missing value.
 *
 * @param at names the object in messages
 * @returns the values as the platform holds them, by name
 * @throws InvalidInputError naming what is absent, unknown or of another type; `details.types` has the type of every field
 */
export function checkContext(
  fields: readonly RequestField[],
  given: Readonly<Record<string, unknown>>,
  at = 'context',
): Row {
  const types = Object.fromEntries(fields.map(({ name, type }) => [name, type]));
  const known = fields.map(({ name, type }) => `${name} (${type})`).join(', ') || '(none), so leave context out';
  const absent = fields.map(({ name }) => name).filter((name) => !Object.hasOwn(given, name));
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(types, name));
  if (absent.length > 0 || unknown.length > 0) {
    const parts = [
      ...(absent.length > 0 ? [`lacks ${absent.join(', ')} (give null for a missing value)`] : []),
      ...(unknown.length > 0 ? [`has unknown ${unknown.slice(0, 10).join(', ')}`] : []),
    ];
    throw new InvalidInputError(`${at} ${parts.join(' and ')}; request-time values: ${known}`, {
      at,
      absent,
      unknown: unknown.slice(0, 10),
      types,
    });
  }
  return Object.fromEntries(
    fields.map(({ name, type }) => [name, givenValue(type, given[name], `${at}.${name}`, { types })]),
  );
}

/** The checked values as evidence tells them: instants in ISO 8601. */
export function contextBody(fields: readonly RequestField[], context: Row): Readonly<Record<string, Value>> {
  return Object.fromEntries(fields.map(({ name, type }) => [name, jsonValue(type, context[name] ?? null)]));
}
