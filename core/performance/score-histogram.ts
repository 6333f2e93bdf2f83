/** Probabilities are kept this far from 0 and 1 before their odds are taken. */
export const FINE_CLIP = 1e-6;
/** The odds of two probabilities in one bin differ by less than e^(1/8): 13 %. */
export const FINE_BINS_PER_NAT = 8;

/** Bin of a probability, by its logarithmic odds. */
export function fineBin(score: number): number {
  const p = Math.max(Math.min(score, 1 - FINE_CLIP), FINE_CLIP);
  return Math.floor(Math.log(p / (1 - p)) * FINE_BINS_PER_NAT);
}
