import { chiSquareTail } from './chi-square-law.ts';

export interface ChiSquare {
  /** 0 or more. */
  readonly statistic: number;
  /** Bins that have cases, less one. */
  readonly degrees: number;
  /** By the law of many cases: too small a p-value where fewer than about five are expected in a bin. */
  readonly pValue: number;
}

/**
 * Pearson's test that two sides are drawn from the same bins. Bins empty on both sides are left out. Null when a side has
 * no case or fewer than two bins have one: there is nothing to compare.
 *
 * Formula: sum over the bins and both sides of (seen - expected)² / expected, expected = side × bin / all.
 * Source: Pearson (1900), Phil. Mag. 50, 157-175; without Yates's correction.
 * Checked by: test/reference/drift.json (scipy.stats.chi2_contingency).
 *
 * @param a cases per bin
 * @param b cases per bin, as many bins
 */
export function chiSquareTest(a: readonly number[], b: readonly number[]): ChiSquare | null {
  const [n, m] = [total(a), total(b)];
  const bins = a.map((_, i) => i).filter((i) => a[i]! + b[i]! > 0);
  if (n === 0 || m === 0 || bins.length < 2) return null;
  const statistic = bins.reduce((sum, i) => {
    const both = a[i]! + b[i]!;
    const [ofA, ofB] = [(both * n) / (n + m), (both * m) / (n + m)];
    return sum + (a[i]! - ofA) ** 2 / ofA + (b[i]! - ofB) ** 2 / ofB;
  }, 0);
  const degrees = bins.length - 1;
  return { statistic, degrees, pValue: chiSquareTail(statistic, degrees) };
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
