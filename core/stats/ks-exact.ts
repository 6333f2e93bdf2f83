/**
 * Probability that the distance of `ksTwoSample` is `distance` or more although both samples come from the same continuous
 * distribution.
 *
 * 0 to 1, exact, no digits lost in the tail. With ties it is too large, so a test by it is careful.
 * Cost: O(n m) time, O(m) memory.
 * Formula: each order of the n + m values is a lattice path from (0, 0) to (n, m), all equally likely; u(i, j), the
 * probability that a path to (i, j) has been as far as `distance` off, is 1 where |i/n - j/m| >= distance and else
 * i/(i+j) u(i-1, j) + j/(i+j) u(i, j-1).
 * Source: Hodges (1958), Ark. Mat. 3, 469-486.
 * Checked by: test/reference/drift.json (scipy.stats.ks_2samp, method exact).
 *
 * @param distance 0 to 1
 * @param n values of one sample, 1 or more
 * @param m values of the other, 1 or more
 * @example
 * ksExactTail(1, 1, 3); // => 0.5
 */
export function ksExactTail(distance: number, n: number, m: number): number {
  // Distances are multiples of 1 / (n m): compared as whole numbers.
  const far = Math.round(distance * n * m) - 0.25;
  const u = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      const steps = i + j;
      if (Math.abs(i * m - j * n) >= far) u[j] = 1;
      else if (steps === 0) u[j] = 0;
      else u[j] = (i / steps) * (i === 0 ? 0 : u[j]!) + (j / steps) * (j === 0 ? 0 : u[j - 1]!);
    }
  }
  return u[m]!;
}
