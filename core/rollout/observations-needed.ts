/**
 * About how many more observations of the candidate would settle a check, when both arms go on as they did: evidence
 * grows in proportion to the observations, less half the logarithm of their growth for each arm.
 *
 * Null when it would take more than ten thousand times what there is: what is seen lies at the limit.
 *
 * @param now evidence there is, in nats
 * @param least the part of it that was paid for looking often: the evidence against what was seen; at or below 0
 * @param alpha evidence of log(1/alpha) settles it
 * @param n observations of the candidate so far
 */
export function observationsNeeded(evidence: {
  readonly now: number;
  readonly least: number;
  readonly alpha: number;
  readonly n: number;
}): number | null {
  const gain = evidence.now - evidence.least;
  if (!(gain > 0) || evidence.n === 0) return null;
  let growth = 1;
  for (let round = 0; round < 20; round++) {
    growth = Math.max(1, (Math.log(growth) - Math.log(evidence.alpha) - evidence.least) / gain);
  }
  return growth > MOST_GROWTH ? null : Math.max(1, Math.ceil((growth - 1) * evidence.n));
}

const MOST_GROWTH = 1e4;
