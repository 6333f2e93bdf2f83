import type { Random } from '../../core/clock.ts';

/** One of the values, each with its weight. */
export function pickWeighted<T>(weighted: readonly (readonly [value: T, weight: number])[], random: Random): T {
  const total = weighted.reduce((sum, [, weight]) => sum + weight, 0);
  let left = random() * total;
  for (const [value, weight] of weighted) {
    left -= weight;
    if (left < 0) return value;
  }
  return weighted[weighted.length - 1]![0]; // the list is not empty
}
