import type { Comparison } from './comparison.ts';

/** Categories with enough cases to be compared one by one, and all others together as the last bin. */
export interface MergedBins {
  /** Cases as the tests count them. */
  readonly live: readonly number[];
  readonly reference: readonly number[];
}

/** Fewer are to be expected on either side: the category is compared together with other rare ones. */
const FEWEST_EXPECTED = 5;
/** Probability that a category is left out although it would have been listed: small beside any error budget. */
const UNLISTED = 1e-9;

/**
 * Rare categories are put together by what both sides have of them, never by what one has: then the test does not
 * notice. Where the reference lists its most frequent categories alone, those near the end of the list are there by
 * chance, which made them more frequent in the reference than they are: they too belong with the others.
 */
export function mergeRare({ counts, live, reference }: Comparison): MergedBins {
  if (counts.bins.kind === 'numeric') return { live: live.bins, reference: reference.bins };
  const all = live.values + reference.values;
  const listedFrom = counts.bins.isComplete ? 0 : Math.min(...reference.bins);
  const isOwn = (both: number) =>
    (both * Math.min(live.values, reference.values)) / all >= FEWEST_EXPECTED &&
    (listedFrom === 0 || isSurelyListed(both, listedFrom, live.values / all));
  const added = counts.bins.isComplete ? counts.newCategories.map(({ count }) => count * live.weight) : [];
  const candidates = [
    ...live.bins.map((ofLive, i) => ({ ofLive, ofReference: reference.bins[i]! })),
    ...added.map((ofLive) => ({ ofLive, ofReference: 0 })),
  ];
  const own = candidates.filter(({ ofLive, ofReference }) => isOwn(ofLive + ofReference));
  const rest = (total: number, of: (one: (typeof own)[number]) => number) =>
    Math.max(0, total - own.reduce((sum, one) => sum + of(one), 0));
  return {
    live: [...own.map(({ ofLive }) => ofLive), rest(live.values, ({ ofLive }) => ofLive)],
    reference: [...own.map(({ ofReference }) => ofReference), rest(reference.values, ({ ofReference }) => ofReference)],
  };
}

/**
 * Whether so few of its cases being in the reference that it is not listed is next to impossible.
 *
 * Source: Chernoff's bound of the Poisson tail, for the cases that would have to be in the window.
 */
function isSurelyListed(both: number, listedFrom: number, liveShare: number): boolean {
  const expected = both * liveShare;
  const needed = both - listedFrom;
  if (needed <= expected) return false;
  return needed - expected - needed * Math.log(needed / expected) < Math.log(UNLISTED);
}
