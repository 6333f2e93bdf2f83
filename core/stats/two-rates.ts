import { logLikelihood, logMixture, logOfSum, type RatePrior, type Trials } from './beta-binomial.ts';

/** Observations of two arms. */
export interface TwoArms {
  readonly baseline: Trials;
  readonly candidate: Trials;
  readonly prior: RatePrior;
  /**
   * `independent`: each observation belongs to one arm alone. `paired`: both arms answered the same requests, so that
   * they may depend on each other in any way.
   */
  readonly arms: 'independent' | 'paired';
}

/**
 * Logarithm of the evidence against "the candidate's mean less the baseline's is `difference`".
 *
 * Whatever the baseline's mean p is, the product of both arms' martingales against p + difference and p is a
 * martingale when the arms are independent, and their average is one however they depend. The least over all p is
 * below that, so it ever reaches 1/alpha with probability alpha at most.
 *
 * Unit: nats. Convex in `difference`; Infinity when no p fits. Exact for any n: nothing is approximated by a normal.
 * Formula: min over p of log M_C(p + difference) + log M_R(p), with M as in `logEvidence`; paired: of
 * log((M_C + M_R) / 2).
 * Source: Robbins (1970), Ann. Math. Statist. 41, 1397-1409; for products and averages of such martingales Ramdas,
 * Grünwald, Vovk & Shafer (2023), Statist. Sci. 38, 576-601.
 * Checked by: test/reference/judge.json (scipy's bounded minimizer over p).
 *
 * @param difference -1 to 1
 */
export function differenceEvidence(two: TwoArms, difference: number): number {
  return evidenceOf(two)(difference);
}

/** Evidence against "the difference is `limit` or less" (`or-less`), or that or more: against the one on that side that fits best. */
export function oneSidedDifferenceEvidence(two: TwoArms, limit: number, side: 'or-less' | 'or-more'): number {
  const seen = seenDifference(two);
  if (seen === null) return 0;
  return differenceEvidence(two, side === 'or-less' ? Math.min(limit, seen) : Math.max(limit, seen));
}

/** Candidate's mean less the baseline's; null when an arm has no observation. */
export function seenDifference({ baseline, candidate }: TwoArms): number | null {
  return baseline.n === 0 || candidate.n === 0 ? null : candidate.sum / candidate.n - baseline.sum / baseline.n;
}

/**
 * Bound of the confidence sequence for the difference: at every look at once the difference is below `low`, or above
 * `high`, with probability alpha at most (each side by itself). -1 and 1 where an arm has no observation.
 */
export function differenceLow(two: TwoArms, alpha: number): number {
  return edgeOfDifferences(two, alpha, -1);
}

/** The other end: see `differenceLow`. */
export function differenceHigh(two: TwoArms, alpha: number): number {
  return edgeOfDifferences(two, alpha, 1);
}

function edgeOfDifferences(two: TwoArms, alpha: number, end: -1 | 1): number {
  const seen = seenDifference(two);
  if (seen === null) return end;
  const evidence = evidenceOf(two);
  const enough = -Math.log(alpha);
  if (evidence(end) < enough) return end;
  let inside = seen;
  let outside: number = end;
  for (let round = 0; round < 40 && Math.abs(outside - inside) > 1e-9; round++) {
    const middle = (inside + outside) / 2;
    if (evidence(middle) >= enough) outside = middle;
    else inside = middle;
  }
  return outside;
}

/** `differenceEvidence` for many differences: what does not depend on them is computed once. */
function evidenceOf({ baseline, candidate, prior, arms }: TwoArms): (difference: number) => number {
  const mixtureC = logMixture(candidate, prior);
  const mixtureR = logMixture(baseline, prior);
  return (difference) => {
    const at = (p: number) => ({
      inC: mixtureC - logLikelihood(candidate, Math.min(1, Math.max(0, p + difference))),
      inR: mixtureR - logLikelihood(baseline, p),
    });
    const slope = (p: number) => {
      const ofC = slopeOf(candidate, p + difference);
      const ofR = slopeOf(baseline, p);
      if (arms === 'independent') return ofC + ofR;
      const { inC, inR } = at(p);
      const weight = 1 / (1 + Math.exp(inR - inC)); // of the candidate in the average
      return weight * ofC + (1 - weight) * ofR;
    };
    const { inC, inR } = at(rootOf(slope, Math.max(0, -difference), Math.min(1, 1 - difference)));
    return arms === 'independent' ? inC + inR : logOfSum(inC, inR) - Math.LN2;
  };
}

/** How fast evidence against the rate p grows with p. */
function slopeOf({ n, sum }: Trials, p: number): number {
  return (sum === 0 ? 0 : -sum / p) + (sum === n ? 0 : (n - sum) / (1 - p));
}

/** Where a slope that only grows changes its sign; an end of the range where it does not. */
function rootOf(slope: (p: number) => number, from: number, to: number): number {
  let low = from;
  let high = to;
  for (let round = 0; round < 50 && high - low > 1e-15 * high; round++) {
    const middle = (low + high) / 2;
    if (slope(middle) > 0) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
}
