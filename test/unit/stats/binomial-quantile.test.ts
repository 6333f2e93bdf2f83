import { describe, expect, it } from 'vitest';
import { binomialQuantile } from '../../../core/stats/binomial-quantile.ts';

describe('the quantile of a binomial number', () => {
  // scipy.stats.binom.ppf(probability, n, share), scipy 1.17
  it.each([
    [100, 0.95, 0.025, 90],
    [100, 0.95, 0.975, 99],
    [59, 0.95, 0.975, 59],
    [1000, 0.5, 0.025, 469],
    [1000, 0.99, 0.995, 997],
    [300_000, 0.99, 0.975, 297_106],
    [10, 0.9, 0.5, 9],
    [1, 0.5, 0.4, 0],
    [0, 0.5, 0.5, 0],
  ])('n %d, share %d, probability %d', (n, share, probability, expected) => {
    expect(binomialQuantile(n, share, probability)).toBe(expected);
  });

  it('refuses what is no probability', () => {
    expect(() => binomialQuantile(10, 1, 0.5)).toThrow('share is 1');
    expect(() => binomialQuantile(-1, 0.5, 0.5)).toThrow('n is -1');
  });
});
