import { bucketText, peersText } from './bucket-text.ts';
import { type Comparables, comparablesOf } from './comparable-buckets.ts';
import type { HealthCheck } from './health-check.ts';
import { median, robustSd } from './robust.ts';
import { type BucketHistory, MAX_AGE } from './source-buckets.ts';

/** Standard deviations from what is typical. Docs/health.md has the rate of false alarms that comes of it. */
const MAX_DEVIATIONS = 6;
/** Less than this share of what is typical is too little, more than this multiple too much; what lies between is a busy or a quiet day. */
const TOO_FEW_SHARE = 0.5;
const TOO_MANY_TIMES = 3;
/** Share of what a bucket will hold in the end that makes it worth looking at. */
const MIN_SEEN_SHARE = 0.5;

/**
 * The youngest age at which a bucket typically holds most of what it will ever hold: how late the pipeline is when it is well.
 * Null when no age up to `MAX_AGE` is enough, or nothing can be compared.
 */
export function settledAge(history: BucketHistory): number | null {
  for (let age = 0; age <= MAX_AGE; age++) {
    const peers = comparablesOf(history, age)?.peers;
    if (peers === undefined) return null;
    const whole = median(peers.map((bucket) => history.seen(bucket, bucket).rows));
    if (median(peers.map((bucket) => history.seen(bucket, age).rows)) >= MIN_SEEN_SHARE * whole) return age;
  }
  return null;
}

/**
 * Whether as many rows came as usual, counted as they are known at one age. Counts are compared by their logarithms, because
 * busy and quiet days differ by factors; how far usual ones lie from what their peers foretell is the measure, and never less
 * than what chance alone does to counts of independent rows.
 *
 * @param age see `settledAge`
 */
export function judgeVolume(subject: string, history: BucketHistory, age: number): HealthCheck {
  const check = { subject, check: 'volume' as const };
  const comparables = comparablesOf(history, age);
  const { rows } = history.seen(age, age);
  const when = bucketText(history, age);
  if (comparables === null) {
    const because = `${subject}: ${rows} rows in ${when}; too little history to tell what is usual`;
    return { ...check, outcome: 'not-computable', because, seen: rows, limit: null };
  }
  const count = (bucket: number) => history.seen(bucket, age).rows;
  const peers = comparables.peers.map(count);
  const typical = median(peers);
  const sd = spread(comparables, typical, count);
  const few = Math.min(TOO_FEW_SHARE * typical, countAt(scaled(typical) - MAX_DEVIATIONS * sd));
  const many = Math.max(TOO_MANY_TIMES * typical, countAt(scaled(typical) + MAX_DEVIATIONS * sd), ...peers);
  const told = `${subject}: ${rows} rows in ${when}, where ${number(typical)} are usual (${peersText(comparables)})`;
  const quietest = Math.min(Number.POSITIVE_INFINITY, ...comparables.lastWeeks.map(count));
  if (rows < few && rows < TOO_FEW_SHARE * quietest) {
    const because = `${told}; fewer than ${number(few)} are too few`;
    return { ...check, outcome: 'unhealthy', because, seen: rows, limit: few };
  }
  if (rows > many) {
    const because = `${told}; more than ${number(many)} are too many`;
    return { ...check, outcome: 'unhealthy', because, seen: rows, limit: many };
  }
  if (few <= 0 && typical > 0) {
    return {
      ...check,
      outcome: 'not-computable',
      because: `${told}: so few that none would be chance`,
      seen: rows,
      limit: null,
    };
  }
  return { ...check, outcome: 'healthy', because: told, seen: rows, limit: few };
}

function spread({ foretold, peers }: Comparables, typical: number, count: (bucket: number) => number): number {
  const errors = foretold.map((one) => scaled(count(one.bucket)) - scaled(median(one.peers.map(count))));
  // a Poisson count varies by its mean, so its logarithm by 1 / mean; a median of m values by pi / 2m of one value's variance
  const chance = Math.sqrt((1 + Math.PI / (2 * peers.length)) / (typical + HALF));
  return Math.max(chance, robustSd(errors));
}

/** Keeps the logarithm of no rows finite. */
const HALF = 0.5;

function scaled(rows: number): number {
  return Math.log(rows + HALF);
}

function countAt(onScale: number): number {
  return Math.max(0, Math.exp(onScale) - HALF);
}

function number(value: number): string {
  return String(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}
