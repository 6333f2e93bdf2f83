import { type Bucket, type MetricId, type MetricStore, merge } from './metric-store.ts';

export interface Datapoint {
  /** Start of the period. */
  readonly atMs: number;
  readonly value: number;
}

const STATISTICS: Readonly<Record<string, (bucket: Bucket) => number>> = {
  Average: ({ sum, count }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ min }) => min,
  Maximum: ({ max }) => max,
  SampleCount: ({ count }) => count,
};

/** @throws Error for a statistic that is neither a simple one nor a percentile such as `p99.9` */
export function checkStatistic(statistic: string): void {
  if (!Object.hasOwn(STATISTICS, statistic) && percentileOf(statistic) === undefined) {
    throw new Error(
      `statistic "${statistic}" is not known; allowed: ${Object.keys(STATISTICS).join(', ')}, p0 to p100`,
    );
  }
}

/** The statistic of what a bucket holds; undefined when it cannot be had, as a percentile of mere statistics. */
function statisticOf(bucket: Bucket, statistic: string): number | undefined {
  const percentile = percentileOf(statistic);
  if (percentile === undefined) return STATISTICS[statistic]?.(bucket);
  const values = Object.entries(bucket.values)
    .map(([value, count]) => [Number(value), count] as const)
    .sort(([a], [b]) => a - b);
  const total = values.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = Math.max(1, Math.ceil((percentile / 100) * total));
  let seen = 0;
  return values.find(([, count]) => {
    seen += count;
    return seen >= rank;
  })?.[0];
}

/** One datapoint per period that has data, oldest first; periods are counted from `fromMs`. */
export function datapoints(
  store: MetricStore,
  id: MetricId,
  statistic: string,
  window: { readonly fromMs: number; readonly toMs: number; readonly periodMs: number },
): Datapoint[] {
  const periods = new Map<number, Bucket>();
  for (const bucket of store.buckets(id, window.fromMs, window.toMs)) {
    const index = Math.floor((bucket.startS * 1000 - window.fromMs) / window.periodMs);
    periods.set(index, merge(periods.get(index), bucket));
  }
  return [...periods].flatMap(([index, bucket]) => {
    const value = statisticOf(bucket, statistic);
    return value === undefined ? [] : [{ atMs: window.fromMs + index * window.periodMs, value }];
  });
}

function percentileOf(statistic: string): number | undefined {
  const match = /^p(\d{1,3}(?:\.\d+)?)$/.exec(statistic);
  const percentile = Number(match?.[1] ?? Number.NaN);
  return percentile >= 0 && percentile <= 100 ? percentile : undefined;
}
