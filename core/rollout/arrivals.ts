import type { Random } from '../clock.ts';

/**
 * When requests of an open loop arrive, in milliseconds from its beginning, ascending: a Poisson process given the
 * number of its arrivals, so that bursts and gaps are those of many callers who do not know of each other.
 *
 * @returns `floor(requestsPerSecond * forMs / 1000)` instants, 0 <= instant < forMs
 */
export function arrivals(requestsPerSecond: number, forMs: number, random: Random): Float64Array {
  const instants = new Float64Array(Math.floor((requestsPerSecond * forMs) / 1000));
  for (let i = 0; i < instants.length; i++) instants[i] = random() * forMs;
  return instants.sort();
}
