import { logBinomial } from './binomial-density.ts';

/** `draws` balls taken out of an urn of `population`, `marked` of which are marked. */
export interface Urn {
  readonly population: number;
  readonly marked: number;
  readonly draws: number;
}

/**
 * Natural logarithm of the probability that exactly `hits` of the balls drawn are marked.
 *
 * Unit: nats; -Infinity for what cannot be. Relative error of the probability about 1e-13 for urns of 20 million.
 * Formula: three binomials, as the number of draws is itself one given any p: b(hits; marked, p) b(draws - hits;
 * population - marked, p) / b(draws; population, p) with p = draws / population.
 * Source: Loader (2000); the same in R's dhyper.
 * Checked by: test/reference/drift.json (scipy, and whole numbers of Python).
 */
export function logHypergeometric(hits: number, { population, marked, draws }: Urn): number {
  if (hits < 0 || hits > marked || hits > draws || draws - hits > population - marked) return Number.NEGATIVE_INFINITY;
  const p = draws / population;
  if (draws === 0 || draws === population) return 0;
  return (
    logBinomial(hits, marked, p) + logBinomial(draws - hits, population - marked, p) - logBinomial(draws, population, p)
  );
}

/**
 * Natural logarithm of the probability of `hits` or more (`above`), or of `hits` or fewer (`below`).
 *
 * Unit: nats, 0 at most. Exact: summed term by term outwards from `hits`, or from its other side where that is the
 * smaller tail, until terms no longer count.
 * Cost: some standard deviations of terms, thousands for millions of draws.
 * Checked by: test/reference/drift.json (scipy, and whole numbers of Python).
 */
export function logHypergeometricTail(hits: number, urn: Urn, side: 'above' | 'below'): number {
  const { population, marked, draws } = urn;
  const least = Math.max(0, draws + marked - population);
  const most = Math.min(draws, marked);
  if (side === 'above' ? hits <= least : hits >= most) return 0;
  if (side === 'above' ? hits > most : hits < least) return Number.NEGATIVE_INFINITY;
  const mean = (draws * marked) / population;
  if (side === 'above' && hits <= mean) return complement(logHypergeometricTail(hits - 1, urn, 'below'));
  if (side === 'below' && hits >= mean) return complement(logHypergeometricTail(hits + 1, urn, 'above'));
  const unmarked = population - marked;
  let term = 1;
  let sum = 1;
  for (let k = hits; side === 'above' ? k < most : k > least; ) {
    if (side === 'above') {
      term *= ((marked - k) / (k + 1)) * ((draws - k) / (unmarked - draws + k + 1));
      k++;
    } else {
      term *= (k / (marked - k + 1)) * ((unmarked - draws + k) / (draws - k + 1));
      k--;
    }
    sum += term;
    // From the mode outwards each ratio is below the one before.
    if (term < 1e-17 * sum) break;
  }
  return Math.min(0, logHypergeometric(hits, urn) + Math.log(sum));
}

function complement(logProbability: number): number {
  return Math.log1p(-Math.exp(logProbability));
}
