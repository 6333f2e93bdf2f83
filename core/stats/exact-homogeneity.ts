import { logFisherExact } from './fisher-exact.ts';
import { gammaTail } from './incomplete-gamma.ts';

/** Whether two sides are drawn from the same bins, bin by bin and at the cuts between them. */
export interface Homogeneity {
  /** Of "both sides have the same distribution", against any difference between the bins. */
  readonly pValue: number;
  /** Comparisons of two groups of bins that it is made of: those where both groups have cases. */
  readonly comparisons: number;
}

/**
 * Exact counterpart of the chi-square test: valid for any number of cases, however few are expected in a bin, and
 * however small an error is asked for, where the chi-square law is far too sure of itself.
 *
 * The bins are halved (by cases of both sides), each half again, and so on. Given how many cases of both sides there are in
 * each group, the split of one side over two halves is hypergeometric, whatever the splits above were: so Fisher's exact
 * p-values of all the splits may be combined as if they were independent, and since each is at least uniform, minus the
 * sum of their logarithms is at most a gamma variable.
 * It remains valid when the cuts between the bins are order statistics of one of the sides, as quantiles of a
 * reference are (docs/drift-statistics.md has the argument), and with cases that count for less than one.
 *
 * 0 to 1; 1 when there is nothing to compare. Cost: that of one Fisher test per bin.
 * Formula: P(gamma(comparisons) > -sum log p).
 * Source: Fisher (1932), Statistical Methods for Research Workers, 4th ed., section 21.1 (combination of p-values), on
 * the partition of a 2 × k table into independent 2 × 2 tables: Lancaster (1949), Biometrika 36, 117-129.
 * Checked by: test/reference/drift.json (the tree written out with scipy), test/unit/stats/exact-homogeneity.test.ts
 * (all tables of small margins enumerated).
 *
 * @param a cases per bin, 0 or more, whole or not
 * @param b cases per bin, as many bins
 */
export function exactHomogeneity(a: readonly number[], b: readonly number[]): Homogeneity {
  const [sumsOfA, sumsOfB] = [runningSums(a), runningSums(b)];
  const within = (sums: readonly number[], from: number, to: number) => sums[to]! - sums[from]!;
  let evidence = 0;
  let comparisons = 0;
  const open: [from: number, to: number][] = [[0, a.length]];
  for (let group = open.pop(); group !== undefined; group = open.pop()) {
    const [from, to] = group;
    if (to - from < 2) continue;
    const both = (cut: number) => within(sumsOfA, from, cut) + within(sumsOfB, from, cut);
    const half = both(to) / 2;
    let cut = from + 1;
    while (cut < to - 1 && Math.abs(both(cut + 1) - half) <= Math.abs(both(cut) - half)) cut++;
    open.push([from, cut], [cut, to]);
    if (both(cut) === 0 || both(cut) === both(to)) continue;
    comparisons++;
    evidence -= logFisherExact(
      { hits: within(sumsOfA, from, cut), n: within(sumsOfA, from, to) },
      { hits: within(sumsOfB, from, cut), n: within(sumsOfB, from, to) },
    );
  }
  return { pValue: comparisons === 0 ? 1 : gammaTail(comparisons, evidence), comparisons };
}

/**
 * P-value of "both sides have the same distribution" by the largest gap between their distribution functions at the
 * given cuts: Fisher's exact test at each of them, Bonferroni over the cuts.
 *
 * 0 to 1; 1 without a cut that has cases on both of its sides. Valid for any number of cases and for cuts that are order
 * statistics of one side, as in `exactHomogeneity`.
 * Checked by: test/reference/drift.json (scipy's hypergeom).
 */
export function exactAtCuts(a: readonly number[], b: readonly number[]): number {
  const [sumsOfA, sumsOfB] = [runningSums(a), runningSums(b)];
  const [n, m] = [sumsOfA.at(-1)!, sumsOfB.at(-1)!];
  let least = 0;
  let cuts = 0;
  for (let cut = 1; cut < a.length; cut++) {
    const both = sumsOfA[cut]! + sumsOfB[cut]!;
    if (both === 0 || both === n + m) continue;
    cuts++;
    least = Math.min(least, logFisherExact({ hits: sumsOfA[cut]!, n }, { hits: sumsOfB[cut]!, n: m }));
  }
  return cuts === 0 ? 1 : Math.min(1, cuts * Math.exp(least));
}

/** Cases before each cut, from none to all: one more than there are bins. */
function runningSums(counts: readonly number[]): readonly number[] {
  const sums = [0];
  for (const count of counts) sums.push(sums.at(-1)! + count);
  return sums;
}
