import { expect, it } from 'vitest';
import { categoriesOf, MAX_CATEGORIES } from '../../../core/training/categories.ts';

it('puts the most frequent category first and equally frequent ones in order of code units', () => {
  expect(categoriesOf('v:f', ['b', 'a', 'c', null, 'c', 'B', null])).toEqual(['c', 'B', 'a', 'b']);
});

it('refuses an input that is no category any more', () => {
  const names = Array.from({ length: MAX_CATEGORIES + 1 }, (_, i) => `n${i}`);
  expect(categoriesOf('v:f', names.slice(1))).toHaveLength(MAX_CATEGORIES);
  expect(() => categoriesOf('v:f', names)).toThrow(/input v:f has 1001 different texts .* at most 1000/);
});
