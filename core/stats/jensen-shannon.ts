/**
 * Jensen-Shannon divergence: information that one case gives about which side it comes from.
 *
 * Unit: bits, 0 (equal shares) to 1 (no bin in common). Empty bins add nothing. Null when a side has no case.
 * Formula: (KL(p, r) + KL(q, r)) / 2 with r = (p + q) / 2.
 * Source: Lin (1991), IEEE Trans. Inf. Theory 37, 145-151.
 * Checked by: test/reference/drift.json (scipy.spatial.distance.jensenshannon, squared).
 *
 * @param a cases per bin
 * @param b cases per bin, as many bins
 * @example
 * jensenShannonDivergence([1, 0], [0, 1]); // => 1
 */
export function jensenShannonDivergence(a: readonly number[], b: readonly number[]): number | null {
  const [n, m] = [total(a), total(b)];
  if (n === 0 || m === 0) return null;
  const bits = a.reduce((sum, count, i) => {
    const [p, q] = [count / n, b[i]! / m];
    return sum + part(p, p + q) + part(q, p + q);
  }, 0);
  return Math.min(1, Math.max(0, bits / 2));
}

/**
 * Jensen-Shannon distance: the root of the divergence, which makes it a metric (it obeys the triangle inequality).
 *
 * 0 to 1. Null when a side has no case.
 * Source: Endres & Schindelin (2003), IEEE Trans. Inf. Theory 49, 1858-1860.
 * Checked by: test/reference/drift.json (scipy.spatial.distance.jensenshannon), test/property/drift-statistics.test.ts.
 */
export function jensenShannonDistance(a: readonly number[], b: readonly number[]): number | null {
  const divergence = jensenShannonDivergence(a, b);
  return divergence === null ? null : Math.sqrt(divergence);
}

function part(share: number, both: number): number {
  return share === 0 ? 0 : share * Math.log2((2 * share) / both);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
