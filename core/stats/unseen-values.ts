/** What has been counted of values that are told apart, on two sides. */
export interface UnseenValues {
  /** Cases of the side whose new values are looked at. */
  readonly n: number;
  /** Cases of the side that knows nothing of them. */
  readonly m: number;
  /** Values that the other side does not have. */
  readonly unseen: readonly ValueGroup[];
  /** Values that the other side has, with the cases of both sides together. */
  readonly known: readonly ValueGroup[];
}

/** `values` different ones that have `cases` each. */
export interface ValueGroup {
  readonly values: number;
  readonly cases: number;
}

const ROUNDS = 60;

/**
 * Upper bound of the probability that so many cases have values that the other side has none of, although both are
 * drawn from the same distribution.
 *
 * Rare values are new at times without anything having changed: what has a thousand different values will show some more.
 * Given how often each value occurs on both sides together, one that occurs t times falls wholly to the one side with
 * probability (n / (n + m))^t at most. These events are negatively associated, so the product of their moment generating
 * functions bounds that of the number of new cases (Chernoff). To tell fewer cases of a value apart than there are (one by one
 * at worst) only makes the bound larger.
 *
 * 0 to 1; 1 when nothing is new. Not exact, but never too small.
 * Formula: least over s >= 0 of exp(-s T) × product of 1 + p_t (e^(s t) - 1), T = cases with new values.
 * Source: Joag-Dev & Proschan (1983), Ann. Statist. 11, 286-295 (negative association of draws without replacement);
 * Dubhashi & Ranjan (1998), Random Struct. Algorithms 13, 99-124 (Chernoff's bound for it).
 * Checked by: test/reference/drift.json (scipy's bounded minimizer), test/property/drift-statistics.test.ts.
 */
export function unseenValuesBound({ n, m, unseen, known }: UnseenValues): number {
  const cases = unseen.reduce((sum, group) => sum + group.values * group.cases, 0);
  if (cases === 0 || m === 0) return 1;
  const logShare = Math.log(n / (n + m));
  const groups = [...unseen, ...known].filter((group) => group.cases > 0);
  /** Logarithm of the bound, and how it changes with s. */
  const at = (s: number) => {
    let [value, slope] = [-s * cases, -cases];
    for (const { cases: size, values: times } of groups) {
      const log = size * logShare;
      const [stays, goes] = [Math.log1p(-Math.exp(log)), log + s * size];
      const top = Math.max(stays, goes);
      value += times * (top + Math.log(Math.exp(stays - top) + Math.exp(goes - top)));
      slope += (times * size) / (1 + Math.exp(stays - goes));
    }
    return { value, slope };
  };
  // It is convex in s. Beyond twice the logarithm of the odds every known value would count as new.
  let [low, high] = [0, 2 * Math.log(1 + m / n) + 40];
  let least = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const middle = (low + high) / 2;
    const { value, slope } = at(middle);
    least = Math.min(least, value);
    if (slope < 0) low = middle;
    else high = middle;
  }
  return Math.exp(least);
}
