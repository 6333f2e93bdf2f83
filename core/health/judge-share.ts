import type { Comparables } from './comparable-buckets.ts';
import { median, robustSd } from './robust.ts';

export interface Share {
  readonly rows: number;
  readonly hits: number;
}

const MAX_DEVIATIONS = 6;
/** Fewer rows have no share worth a word. */
const MIN_ROWS = 30;
const MIN_PEERS = 3;

export interface JudgedShare {
  readonly isTooHigh: boolean;
  readonly seen: number;
  readonly typical: number;
  readonly limit: number;
}

/**
 * Whether a share has jumped up from what is typical of its peers: by at least `minJump`, and by more than `MAX_DEVIATIONS` of
 * what it usually moves by, chance included. Null when there are too few rows, in it or in its peers.
 */
export function judgeShare(
  of: Share,
  { peers, lastWeeks, foretold }: Pick<Comparables, 'peers' | 'lastWeeks' | 'foretold'>,
  shareOf: (bucket: number) => Share,
  minJump: number,
): JudgedShare | null {
  const known = (buckets: readonly number[]) => buckets.map(shareOf).filter(({ rows }) => rows >= MIN_ROWS);
  const before = known(peers);
  if (of.rows < MIN_ROWS || before.length < MIN_PEERS) return null;
  const typical = median(before.map(ratio));
  const errors = foretold.flatMap(({ bucket, peers: own }) => {
    const [one] = known([bucket]);
    const others = known(own);
    return one === undefined || others.length === 0 ? [] : [ratio(one) - median(others.map(ratio))];
  });
  // what is typical may be 0 by luck: one more row counts as a hit
  const expected = Math.max(typical, 1 / (before.reduce((sum, { rows }) => sum + rows, 0) + 2));
  const chance = Math.sqrt((expected * (1 - Math.min(expected, 1))) / of.rows);
  const limit = typical + Math.max(minJump, MAX_DEVIATIONS * Math.hypot(robustSd(errors), chance));
  const seen = ratio(of);
  const highest = Math.max(0, ...known(lastWeeks).map(ratio));
  return { isTooHigh: seen > Math.max(limit, highest), seen, typical, limit };
}

function ratio({ rows, hits }: Share): number {
  return hits / rows;
}
