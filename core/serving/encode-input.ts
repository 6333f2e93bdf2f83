import type { Value } from '../definitions/value-type.ts';
import { BugError } from '../errors.ts';
import type { ModelInput } from '../release/release-manifest.ts';

/** What a model sees of a feature value; null is a missing value. The same in training as in serving. */
export type EncodeInput = (value: Value) => number | null;

/** Twice as much is still a number in single precision. */
const LARGEST = 1e38;

/**
 * Numbers and timestamps stay the numbers they are, as far as single precision reaches (beyond 1e38 in magnitude all are
 * 1e38: models compute in single precision and refuse infinity), false is 0 and true 1, a string is the index of its category.
 * A category that training did not keep is missing. A default stands for a value that is missing, not for such a category.
 */
export function encodeInput(input: ModelInput): EncodeInput {
  const encode = encodeValue(input);
  const { defaultValue } = input;
  return defaultValue === null ? encode : (value) => encode(value ?? defaultValue);
}

function encodeValue({ view, feature, type, categories }: ModelInput): EncodeInput {
  if (type === 'string') {
    if (categories === null) throw new BugError(`input ${view}:${feature} is a string without categories`);
    const places = new Map(categories.map((category, place) => [category, place]));
    return (value) => (typeof value === 'string' ? (places.get(value) ?? null) : null);
  }
  if (type === 'boolean') return (value) => (value === null ? null : Number(value));
  return (value) => (typeof value === 'number' ? Math.max(-LARGEST, Math.min(LARGEST, value)) : null);
}
