import { DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts';

/**
 * Rows of a source by when they became true and how long after that they came. Buckets of event time are counted back
 * from the instant of the scan: bucket k is (at - (k + 1) width, at - k width], so that bucket 0 is the last hour, or
 * day, up to now, and each other one was just as old at some instant before. What a bucket held when it was j buckets old is
 * then known of all of them, and a pipeline that is always late is compared with its own lateness.
 */
export interface SourceBuckets {
  readonly atMs: number;
  readonly widthMs: number;
  readonly counts: readonly BucketCount[];
}

export interface BucketCount {
  readonly bucket: number;
  /** Whole buckets from the end of its own until it was loaded, rounded up; 0 before the end, at most `MAX_DELAY`. */
  readonly delay: number;
  readonly rows: number;
  readonly oldestLoadMs: number;
  readonly newestEventMs: number;
  /** Rows without a value, by column. */
  readonly nulls: Readonly<Record<string, number>>;
}

/** Days that are looked back on, from the newest row: five of each weekday. */
export const DAYS = 35;
/** Buckets in a row that are looked back on. */
export const ADJACENT = 36;
/** Oldest age in buckets at which what a pipeline has brought by then is compared. */
export const MAX_AGE = 7;
export const MAX_DELAY = 36;

/** Each divides a day, so that a bucket has a bucket of the same time of day on every other day. */
const WIDTHS_MS = [DAY_MS, 6 * HOUR_MS, HOUR_MS, 15 * MINUTE_MS, 5 * MINUTE_MS, MINUTE_MS];

/** Widths of the buckets for scans of a window: its own scale, and days for pipelines that bring rows once a day. */
export function bucketWidthsMs(windowMs: number): readonly number[] {
  const own = WIDTHS_MS.find((widthMs) => widthMs <= windowMs) ?? MINUTE_MS;
  return own === DAY_MS ? [DAY_MS] : [own, DAY_MS];
}

/** What was there of a bucket when it was so many buckets old. */
export interface Seen {
  readonly rows: number;
  readonly nulls: Readonly<Record<string, number>>;
}

/** The buckets of one width as they can be asked for. */
export class BucketHistory {
  readonly widthMs: number;
  readonly atMs: number;
  /** Of the newest row; `Infinity` without rows. */
  readonly newest: number;
  /** The oldest bucket that began after the first load that is seen: what is older came as history and has no rhythm. */
  readonly oldest: number;
  private readonly byBucket: ReadonlyMap<number, readonly BucketCount[]>;

  constructor({ atMs, widthMs, counts }: SourceBuckets) {
    this.atMs = atMs;
    this.widthMs = widthMs;
    const byBucket = new Map<number, BucketCount[]>();
    for (const count of counts) byBucket.set(count.bucket, [...(byBucket.get(count.bucket) ?? []), count]);
    this.byBucket = byBucket;
    this.newest = Math.min(Number.POSITIVE_INFINITY, ...byBucket.keys());
    const firstLoadMs = Math.min(Number.POSITIVE_INFINITY, ...counts.map(({ oldestLoadMs }) => oldestLoadMs));
    this.oldest = Math.floor((atMs - firstLoadMs) / widthMs) - 1;
  }

  /** Buckets of one time of day that lie a day apart. */
  get perDay(): number {
    return DAY_MS / this.widthMs;
  }

  /** Whether it can be compared with: it lies between the first load and the newest row. */
  isLive(bucket: number): boolean {
    return bucket >= this.newest && bucket <= this.oldest;
  }

  seen(bucket: number, age: number): Seen {
    const then = (this.byBucket.get(bucket) ?? []).filter(({ delay }) => delay <= age);
    const nulls: Record<string, number> = {};
    for (const [column, n] of then.flatMap((count) => Object.entries(count.nulls))) {
      nulls[column] = (nulls[column] ?? 0) + n;
    }
    return { rows: then.reduce((sum, { rows }) => sum + rows, 0), nulls };
  }

  /** Rows that came within one bucket's time, `ago` buckets ago, and those of them that came more than `age` late. */
  arrived(ago: number, age: number): { readonly rows: number; readonly late: number } {
    let rows = 0;
    let late = 0;
    for (let delay = 0; delay < MAX_DELAY; delay++) {
      const n = (this.byBucket.get(ago + delay) ?? []).reduce(
        (sum, one) => sum + (one.delay === delay ? one.rows : 0),
        0,
      );
      rows += n;
      if (delay > age) late += n;
    }
    return { rows, late };
  }

  newestEventMs(): number | null {
    const times = (this.byBucket.get(this.newest) ?? []).map(({ newestEventMs }) => newestEventMs);
    return times.length === 0 ? null : Math.max(...times);
  }
}
