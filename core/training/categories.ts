import type { Value } from '../definitions/value-type.ts';
import { InvalidInputError } from '../errors.ts';

/** More would make a model of memories, and a release of lists. */
export const MAX_CATEGORIES = 1_000;

/**
 * The categories of a string input: most frequent in training first, equally frequent ones by code unit.
 *
 * @param values of the training rows
 * @throws InvalidInputError when there are more than 1,000
 */
export function categoriesOf(input: string, values: readonly Value[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const value of values) if (typeof value === 'string') counts.set(value, (counts.get(value) ?? 0) + 1);
  if (counts.size > MAX_CATEGORIES) {
    throw new InvalidInputError(
      `input ${input} has ${counts.size} different texts in the training rows; at most ${MAX_CATEGORIES} are allowed: group them in an expression, or leave the feature out`,
      { input, categories: counts.size, maxCategories: MAX_CATEGORIES },
    );
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([value]) => value);
}
