import type { Alphas } from './alphas.ts';
import { EVEN_RATES } from './beta-binomial.ts';
import type { Interval } from './interval.ts';
import { differenceEvidence, differenceHigh, differenceLow, seenDifference, type TwoArms } from './two-rates.ts';

/**
 * The two distribution functions at each cut, from counts between the cuts: `counts.length - 1` pairs, none when there
 * is one bin. Share at or below a cut, candidate against baseline.
 */
export function atCuts(
  baseline: readonly number[],
  candidate: readonly number[],
  arms: TwoArms['arms'],
): readonly TwoArms[] {
  const below = (counts: readonly number[]) => {
    const n = counts.reduce((sum, count) => sum + count, 0);
    let sum = 0;
    return counts.slice(0, -1).map((count) => {
      sum += count;
      return { n, sum };
    });
  };
  const ofCandidate = below(candidate);
  return below(baseline).map((trials, cut) => ({
    baseline: trials,
    candidate: ofCandidate[cut]!,
    prior: EVEN_RATES,
    arms,
  }));
}

/** Largest gap that was seen between the two distribution functions: Kolmogorov-Smirnov at fixed cuts. Null without observations or cuts. */
export function seenDistance(cuts: readonly TwoArms[]): number | null {
  return cuts.reduce<number | null>((widest, cut) => {
    const seen = seenDifference(cut);
    return seen === null ? widest : Math.max(widest ?? 0, Math.abs(seen));
  }, null);
}

/**
 * Whether some gap is shown to be above the limit: at one cut at least, with alpha shared by the cuts.
 *
 * Source: Bonferroni over the cuts of `differenceEvidence`.
 */
export function isFartherThan(cuts: readonly TwoArms[], limit: number, alpha: number): boolean {
  const enough = Math.log(cuts.length / alpha);
  return cuts.some((cut) => {
    const seen = seenDifference(cut);
    return seen !== null && Math.abs(seen) > limit && differenceEvidence(cut, Math.sign(seen) * limit) >= enough;
  });
}

/**
 * Whether every gap is shown to be at most the limit, each with alpha: were the largest above it, one of these would
 * have to be wrong (an intersection-union test: Berger 1982, Technometrics 24, 295-300).
 */
export function isNearerThan(cuts: readonly TwoArms[], limit: number, alpha: number): boolean {
  const enough = -Math.log(alpha);
  const isShown = (cut: TwoArms) => {
    const seen = seenDifference(cut);
    if (seen === null || Math.abs(seen) > limit) return false;
    return differenceEvidence(cut, limit) >= enough && differenceEvidence(cut, -limit) >= enough;
  };
  return cuts.length > 0 && cuts.every(isShown);
}

/**
 * Always-valid interval of the largest gap: its ends are those that `isFartherThan` and `isNearerThan` would just say
 * yes to. 0 to 1. Null without observations or cuts.
 */
export function distanceInterval(cuts: readonly TwoArms[], alphas: Alphas): Interval | null {
  if (seenDistance(cuts) === null) return null;
  // The widest first: mostly no other cut comes into question then.
  const ordered = [...cuts].sort((x, y) => Math.abs(seenDifference(y) ?? 0) - Math.abs(seenDifference(x) ?? 0));
  let low = 0;
  let high = 0;
  for (const cut of ordered) {
    if (isFartherThan([cut], low, alphas.low / cuts.length)) {
      const share = alphas.low / cuts.length;
      low = (seenDifference(cut) ?? 0) > 0 ? differenceLow(cut, share) : -differenceHigh(cut, share);
    }
    if (!isNearerThan([cut], high, alphas.high)) {
      high = Math.max(differenceHigh(cut, alphas.high), -differenceLow(cut, alphas.high));
    }
  }
  return { low, high };
}
