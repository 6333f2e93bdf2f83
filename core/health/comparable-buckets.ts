import { ADJACENT, type BucketHistory, DAYS } from './source-buckets.ts';

/** Buckets that one may be compared with, and how far such buckets lie apart among themselves. */
export interface Comparables {
  readonly basis: 'weekdays' | 'days' | 'buckets';
  /** What is typical is the median of these. */
  readonly peers: readonly number[];
  /** Those of the same weekday, where `peers` are of all: nothing that was so a week ago is news. */
  readonly lastWeeks: readonly number[];
  /** Every bucket of the basis with its own peers, itself left out: how well peers foretell a bucket. */
  readonly foretold: readonly { readonly bucket: number; readonly peers: readonly number[] }[];
}

const WEEK = 7;
/** Fewer of one weekday do not tell what is typical of it. */
const MIN_WEEKDAYS = 3;
const MIN_BUCKETS = 8;

/** Null when there is too little history. */
export function comparablesOf(history: BucketHistory, bucket: number): Comparables | null {
  const { perDay } = history;
  const days = range(1, DAYS).filter((day) => history.isLive(bucket + day * perDay));
  if (days.length >= WEEK) return ofDays(days, (day) => bucket + day * perDay);
  if (perDay === 1) return null;
  const adjacent = range(1, ADJACENT - 1)
    .map((ago) => bucket + ago)
    .filter((one) => history.isLive(one));
  if (adjacent.length < MIN_BUCKETS) return null;
  const foretold = adjacent.map((one) => ({ bucket: one, peers: adjacent.filter((other) => other !== one) }));
  return { basis: 'buckets', peers: adjacent, lastWeeks: [], foretold };
}

function ofDays(days: readonly number[], bucketOf: (day: number) => number): Comparables {
  const sameWeekday = (day: number) => days.filter((other) => other !== day && (other - day) % WEEK === 0);
  const lastWeeks = sameWeekday(0);
  const isByWeekday = lastWeeks.length >= MIN_WEEKDAYS;
  const peersOf = (day: number) => (isByWeekday ? sameWeekday(day) : days.filter((other) => other !== day));
  return {
    basis: isByWeekday ? 'weekdays' : 'days',
    peers: (isByWeekday ? lastWeeks : days).map(bucketOf),
    lastWeeks: isByWeekday ? [] : lastWeeks.map(bucketOf),
    foretold: days
      .map((day) => ({ bucket: bucketOf(day), peers: peersOf(day).map(bucketOf) }))
      .filter(({ peers }) => peers.length > 1),
  };
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
