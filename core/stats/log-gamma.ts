const HALF_LOG_TWO_PI = 0.9189385332046728;
/** From here on Stirling's series is exact to the last bits. */
const STIRLING_FROM = 10;

/**
 * Natural logarithm of the gamma function.
 *
 * Absolute error about 1e-14 up to 100, relative error about 1e-15 beyond. 0 gives Infinity.
 * Source: Abramowitz & Stegun (1964) 6.1.41 (Stirling's series) and 6.1.15 (recurrence).
 * Checked by: test/reference/judge.json (scipy).
 *
 * @param x at or above 0
 * @example
 * logGamma(1); // => 0
 */
export function logGamma(x: number): number {
  if (x === 1 || x === 2) return 0;
  if (x >= STIRLING_FROM) return (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + stirlingRest(x);
  let product = 1;
  let shifted = x;
  for (; shifted < STIRLING_FROM; shifted++) product *= shifted;
  return (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + stirlingRest(shifted) - Math.log(product);
}

/**
 * Natural logarithm of the beta function. Large arguments lose nothing to cancellation.
 *
 * Relative error about 1e-14. An argument of 0 gives Infinity.
 * Source: Didonato & Morris (1992), ACM TOMS 18, 360-373 (Algorithm 708, BETALN): the large parts of the three gammas
 * are cancelled by hand.
 * Checked by: test/reference/judge.json (scipy).
 *
 * @param a at or above 0
 * @param b at or above 0
 */
export function logBeta(a: number, b: number): number {
  const small = Math.min(a, b);
  const large = Math.max(a, b);
  if (large < STIRLING_FROM) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const rest = stirlingRest(large) - stirlingRest(small + large);
  const share = small / (small + large);
  if (small < STIRLING_FROM) {
    return logGamma(small) + rest + small - small * Math.log(small + large) + (large - 0.5) * Math.log1p(-share);
  }
  return (
    HALF_LOG_TWO_PI -
    0.5 * Math.log(large) +
    stirlingRest(small) +
    rest +
    (small - 0.5) * Math.log(share) +
    large * Math.log1p(-share)
  );
}

/**
 * What Stirling's formula leaves out of log n!: about 1 / (12 n).
 *
 * Checked by: test/reference/drift.json, through what is computed with it.
 *
 * @param n above 0
 */
export function stirlingError(n: number): number {
  if (n >= STIRLING_FROM) return stirlingRest(n);
  return logGamma(n + 1) - (n + 0.5) * Math.log(n) + n - HALF_LOG_TWO_PI;
}

/** What Stirling's formula leaves out, for x at or above `STIRLING_FROM`. */
function stirlingRest(x: number): number {
  const y = 1 / (x * x);
  return (1 / 12 - y * (1 / 360 - y * (1 / 1260 - y * (1 / 1680 - y * (1 / 1188 - (y * 691) / 360360))))) / x;
}
