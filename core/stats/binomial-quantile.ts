import { InvalidInputError } from '../errors.ts';

/**
 * The smallest k with P(X <= k) >= probability, for X the number of successes in n trials.
 *
 * Cost grows with n. Accurate for n up to some millions: terms are added from the mode outwards and scaled to sum to 1.
 * Checked by: test/unit/stats/binomial-quantile.test.ts (scipy.stats.binom.ppf).
 *
 * @param share probability of success, above 0 and below 1
 * @param probability above 0 and below 1
 */
export function binomialQuantile(n: number, share: number, probability: number): number {
  if (!Number.isSafeInteger(n) || n < 0)
    throw new InvalidInputError(`binomialQuantile: n is ${n}; allowed: 0, 1, 2, …`);
  for (const [name, value] of Object.entries({ share, probability })) {
    if (!(value > 0 && value < 1)) {
      throw new InvalidInputError(`binomialQuantile: ${name} is ${value}; allowed is above 0 and below 1`);
    }
  }
  const terms = new Float64Array(n + 1);
  const mode = Math.min(n, Math.floor((n + 1) * share));
  const odds = share / (1 - share);
  terms[mode] = 1;
  let sum = 1;
  for (let k = mode; k < n && terms[k]! > 0; k++) sum += terms[k + 1] = terms[k]! * ((n - k) / (k + 1)) * odds;
  for (let k = mode; k > 0 && terms[k]! > 0; k--) sum += terms[k - 1] = terms[k]! * (k / (n - k + 1) / odds);
  let cumulative = 0;
  for (let k = 0; k < n; k++) {
    cumulative += terms[k]! / sum;
    // what rounding took from the sum must not push the answer one up
    if (cumulative >= probability * (1 - 1e-13)) return k;
  }
  return n;
}
